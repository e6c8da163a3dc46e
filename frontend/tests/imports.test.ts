import { expect, test } from "vitest";

const SOURCES: Readonly<Record<string, string>> = import.meta.glob("../src/**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});
const IMPORT = /^(?:import|export)\s[^;]*?from\s+"(\.[^"]+)"/gms;

/** The files that `file` imports from, types included. */
function importsOf(file: string): string[] {
  return [...SOURCES[file]!.matchAll(IMPORT)].flatMap(([, path]) => {
    const target = new URL(path!, `http://page/${file.slice(3)}`).pathname.slice(1);
    return [`../${target}.ts`, `../${target}/index.ts`].filter((candidate) => candidate in SOURCES);
  });
}

/** The first import cycle; empty if there is none. */
function findCycle(imports: (file: string) => readonly string[], files: readonly string[]): readonly string[] {
  const visited = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (visited.has(file)) return [];
    for (const next of imports(file)) {
      const cycle = visit(next, [...path, file]);
      if (cycle.length) return cycle;
    }
    visited.add(file);
    return [];
  };
  for (const file of files) {
    const cycle = visit(file, []);
    if (cycle.length) return cycle;
  }
  return [];
}

test("the page has no import cycles", () => {
  expect(importsOf("../src/shell.ts")).toContain("../src/state/state.ts");
  expect(findCycle(importsOf, Object.keys(SOURCES))).toEqual([]);
});

test("an import cycle is found", () => {
  const imports: Readonly<Record<string, readonly string[]>> = { a: ["b"], b: ["c"], c: ["d", "b"], d: [] };
  expect(findCycle((file) => imports[file]!, ["a"])).toEqual(["b", "c", "b"]);
});
