import { expect, test } from "vitest";
import { clearEstimate, dropCoveredTags } from "../../src/views/tree/collisions";
import type { EstimatePlace } from "../../src/views/tree/drafted";
import type { Place } from "../../src/views/tree/place";

const place = (x: number, y: number, changes: Partial<Place> = {}): Place => ({
  node: {} as Place["node"], x, y, radius: 10, level: 1, hasLabels: true, accuracy: "98.9", times: "11×", word: "", tag: "", isTagLeft: false, hidden: 0, isOpen: null, ...changes,
});
const estimate: EstimatePlace = { id: 1, x: 100, y: 80, keep: "200", label: "keep 200", anchor: "end", labelX: -9, labelY: 4 };

test("who made a node gives way to the numbers of a node below it, and only then", () => {
  const covered = place(110, 46, { tag: "estimator" });
  expect(dropCoveredTags([covered, place(81, 108)])[0]!.tag).toBe("");
  expect(dropCoveredTags([covered, place(20, 108)])[0]!.tag).toBe("estimator");
});

test("the estimate's label moves to a free side, and is left out where there is none", () => {
  expect(clearEstimate(estimate, [place(300, 46)])).toEqual(estimate);
  const moved = clearEstimate(estimate, [place(70, 108)]);
  expect(moved).toMatchObject({ anchor: "start", labelX: 9, label: "keep 200" });
  const crowd = [60, 90, 120, 150].flatMap((x) => [60, 90, 118].map((y) => place(x, y)));
  expect(clearEstimate(estimate, crowd)!.label).toBe("");
});
