/** Folders and files stay small enough to find things in at a glance. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";

const MAX_FILES = 15;
const MAX_LINES = 400;
const GENERATED = "src/api/schema.gen.ts";

const FILES = ["src", "tests"].flatMap((root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`),
);
const SOURCES = FILES.filter((file) => /\.(ts|css)$/.test(file) && file !== GENERATED);

test("no folder has more than fifteen files", () => {
  const folders = new Map<string, number>();
  for (const file of FILES) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  expect(folders.get("src/planning")).toBeGreaterThan(0);
  expect([...folders].filter(([, files]) => files > MAX_FILES)).toEqual([]);
});

test("no file has more than 400 lines", () => {
  const lineCounts = SOURCES.map((file) => [file, countLines(readFileSync(file, "utf8"))] as const);
  expect(lineCounts.filter(([, lines]) => lines > MAX_LINES)).toEqual([]);
});

const countLines = (text: string): number => text.trimEnd().split("\n").length;
