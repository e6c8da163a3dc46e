import { expect, test } from "vitest";

const SOURCES: Readonly<Record<string, string>> = import.meta.glob("../src/**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});
const IMPORT = /^(?:import|export)\s[^;]*?from\s+"(\.[^"]+)"/gms;

/** The files that one names, types too: what a reader has to follow. */
function importsOf(file: string): string[] {
  return [...SOURCES[file]!.matchAll(IMPORT)].flatMap(([, path]) => {
    const found = new URL(path!, `http://page/${file.slice(3)}`).pathname.slice(1);
    return [`../${found}.ts`, `../${found}/index.ts`].filter((one) => one in SOURCES);
  });
}

/** The first way that comes back to where it was; empty: there is none. */
function findCircle(imports: (file: string) => readonly string[], files: readonly string[]): readonly string[] {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): readonly string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of imports(file)) {
      const circle = visit(next, [...way, file]);
      if (circle.length) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of files) {
    const circle = visit(file, []);
    if (circle.length) return circle;
  }
  return [];
}

test("no file of the page reaches itself through what it imports", () => {
  expect(importsOf("../src/shell.ts")).toContain("../src/state/state.ts");
  expect(findCircle(importsOf, Object.keys(SOURCES))).toEqual([]);
});

test("a circle is found", () => {
  const imports: Readonly<Record<string, readonly string[]>> = { a: ["b"], b: ["c"], c: ["d", "b"], d: [] };
  expect(findCircle((file) => imports[file]!, ["a"])).toEqual(["b", "c", "b"]);
});
