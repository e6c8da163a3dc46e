import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Agreement } from "../../src/api/values";
import { agreementKey, ranksOfChosenFilter } from "../../src/state/selectors/agreement";
import type { State } from "../../src/state/state";
import { drawAgreement, type AgreementData } from "../../src/views/agreement/agreement";
import { agreementChart, agreementData } from "../../src/views/agreement/data";
import { formatCorrelation, layoutAgreement } from "../../src/views/agreement/layout";
import { BUILT_IN } from "../fixtures/criteria";
import { networkState } from "../fixtures/network";

const start = networkState("vgg");
const units = start.server.layers[10]!.units.filter(({ free }) => free);
const agreement: Agreement = {
  node_id: 10,
  criteria: ["taylor", "l1"],
  unit: units.map(({ id }) => id),
  correlation: [
    [1, -0.254],
    [-0.254, 1],
  ],
  units: [
    [units.length, units.length],
    [units.length, units.length],
  ],
  ranks: [units.map((_, i) => i + 1), units.map((_, i) => units.length - i)],
  skipped: { mine: "it failed" },
};
const state: State = {
  ...start,
  server: {
    ...start.server,
    criteria: BUILT_IN.filter(({ name }) => name === "taylor" || name === "l1"),
    agreements: { [agreementKey(10, ["taylor", "l1"])]: agreement },
  },
  choice: { ...start.choice, agreement: true },
};
const [layer, number] = units[2]!.members[0]!;
const chosen: State = {
  ...state,
  choice: { ...state.choice, layer: state.server.layers[10]!.layers[layer]!.name, filter: number },
};

let body: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = "<div></div>";
  body = document.body.querySelector("div")!;
});

const callbacks = { onChooseCriterion: vi.fn(), onRetry: vi.fn(), onClose: vi.fn() };
const draw = (data: AgreementData): void => drawAgreement(select(body), data, callbacks);

test("tiles have numbers, negative ones a dashed frame, and the chosen filter has its rank by each criterion", () => {
  draw(agreementData(chosen, 640, 262));
  const texts = [...body.querySelectorAll(".squares text")].map((text) => text.textContent);
  expect(texts).toEqual(["", "−.25", "−.25", ""]);
  expect(body.querySelectorAll(".squares rect.below")).toHaveLength(2);
  expect([...body.querySelectorAll(".ranks text")].map((text) => text.textContent)).toEqual([
    "3",
    `${units.length - 2}`,
  ]);
  expect(body.textContent).toContain("skipped criteria: 1");
  draw(agreementData(state, 640, 262));
  expect(body.querySelectorAll(".ranks text")).toHaveLength(0);
  expect(body.querySelectorAll("svg.agreement")).toHaveLength(1);
});

test("rows are one tab stop: arrow keys move between them, Enter puts the criterion on the axis", () => {
  draw(agreementData(state, 330, 800));
  const rows = [...body.querySelectorAll<SVGElement>(".rows > g")];
  expect(rows.map((row) => row.getAttribute("tabindex"))).toEqual(["0", "-1"]);
  rows[0]!.focus();
  rows[0]!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  expect(document.activeElement).toBe(rows[1]);
  rows[1]!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect(callbacks.onChooseCriterion).toHaveBeenCalledWith("l1");
  expect(rows[1]!.getAttribute("aria-label")).toContain("sensitivity −.25");
});

test("in a narrow panel names are next to their tiles if these have room, and ranks below", () => {
  const narrow = layoutAgreement(agreement, agreement.criteria, null, { width: 327, height: 800 });
  expect(narrow.rows.map(({ y }) => y)).toEqual(narrow.tiles.filter(({ key }) => key.endsWith("-0")).map(({ y }) => y));
  expect(narrow.rows[0]!.rankY).toBeGreaterThan(narrow.rows[1]!.y);
  const large = { ...agreement, criteria: Array.from({ length: 14 }, (_, i) => `c${i}`) };
  expect(layoutAgreement(large, large.criteria, null, { width: 327, height: 800 }).rows[0]!.y).toBeGreaterThan(14 * 13);
  draw(agreementData(chosen, 327, 800));
  expect(body.querySelector(".about")!.textContent).toMatch(/^ρ, \d+ units · 1 skipped$/);
});

/** Measured width of "−.25" in tabular digits, in multiples of the font size. */
const NUMBER_WIDTH = 21.72 / 11;

test.each([
  [328, 9],
  [328, 8],
  [328, 12],
  [610, 9],
  [610, 14],
  [610, 20],
  [851, 9],
])("at a width of %i pixels the numbers of %i criteria fit into their tiles", (width, count) => {
  const large = { ...agreement, criteria: Array.from({ length: count }, (_, i) => `c${i}`) };
  const { tile, fontSize } = layoutAgreement(large, large.criteria, null, { width, height: 800 });
  expect(fontSize * NUMBER_WIDTH).toBeLessThan(tile.width - 2);
  if (count <= 9) expect(fontSize).toBeGreaterThanOrEqual(9);
});

test("an error is shown with a button to try again", () => {
  draw({ ...agreementData(state, 640, 262), agreement: null, error: "Criterion mine failed." });
  expect(body.textContent).toContain("Criterion mine failed.");
  body.querySelector<HTMLButtonElement>(".noagreement button")!.click();
  expect(callbacks.onRetry).toHaveBeenCalled();
});

test("the agreement can be saved as rows", () => {
  const rows = agreementChart.rows(chosen);
  expect(rows[0]).toEqual(["criterion", "taylor", "l1", `rank of ${ranksOfChosenFilter(chosen, agreement)!.title}`]);
  expect(rows[2]).toEqual(["l1", -0.254, 1, units.length - 2]);
});

test("correlations are short and keep their sign", () => {
  expect([1, 0.834, -0.001, -1, null].map(formatCorrelation)).toEqual(["1", ".83", ".00", "−1", "–"]);
});
