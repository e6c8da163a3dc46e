/** Names of drafts; `tests/planning/test_names.py` has the same cases. */
import { expect, test } from "vitest";
import { firstFreeName } from "../../src/planning/names";

const ALPHABET = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));

/** The comments say what the page of 0.1.0 showed as the name of the next draft until the server had answered. */
test.each([
  [[], "A"],
  [["A"], "B"],
  [["A", "C"], "B"], // C, like the draft that exists
  [["B"], "A"], // B, like the draft that exists
  [["A", "wide layers"], "B"], // C
  [ALPHABET, "A1"], // A
  [[...ALPHABET, "A1"], "B1"], // B
])("with the names %j the next draft is %s", (taken, name) => {
  expect(firstFreeName(taken)).toBe(name);
});
