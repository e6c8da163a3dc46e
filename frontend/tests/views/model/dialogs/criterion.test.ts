import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { drawCriterion } from "../../../../src/views/model/dialogs/criterion";
import { describeSize, currentBubbleSizes } from "../../../../src/views/model/table/size";
import { chosenRanking } from "../../../../src/state/selectors/plan";
import { makeCriterion, OPTIONS } from "../../../fixtures/criteria";
import { networkScores, networkState } from "../../../fixtures/network";

let body: HTMLElement;
beforeEach(() => (body = document.createElement("div")));

const info = makeCriterion("power_norm", { options: OPTIONS, source: "own.py" });
const broken = makeCriterion("bad", { source: "bad.py", error: "ModuleNotFoundError: no torchx (line 1)" });
const field = (name: string): HTMLInputElement => body.querySelector(`[name=option-${name}]`)!;
const press = (text: string): void =>
  [...body.querySelectorAll("button")].find((button) => button.textContent === text)!.click();

test("the form shows the options with their ranges, and returns the criterion with them", () => {
  const callbacks = { onChoose: vi.fn(), onClose: vi.fn() };
  drawCriterion(select(body), { info, spec: "power_norm:power=3", skippedCriteria: [broken] }, callbacks);
  expect([field("power").type, field("power").min, field("power").max, field("power").value]).toEqual([
    "number",
    "0.5",
    "8",
    "3",
  ]);
  expect(field("center").value).toBe("none");
  expect(body.textContent).toContain("0.5 to 8. 1 is L1.");
  expect(body.textContent).toContain("bad (bad.py)ModuleNotFoundError");
  field("power").value = "9";
  press("Show these scores");
  expect(callbacks.onChoose).not.toHaveBeenCalled();
  field("power").value = "0.5";
  field("mean").value = "true";
  press("Show these scores");
  expect(callbacks.onChoose).toHaveBeenCalledWith("power_norm:power=0.5,mean=true");
  press("Reset to defaults");
  expect([field("power").value, field("mean").value]).toEqual(["2", "false"]);
});

test("a price is chosen with its exponent and is part of the criterion", () => {
  const callbacks = { onChoose: vi.fn(), onClose: vi.fn() };
  drawCriterion(select(body), { info, spec: "power_norm:power=3/macs^0.5", skippedCriteria: [] }, callbacks);
  const priceField = (name: string): HTMLInputElement => body.querySelector(`[name=${name}]`)!;
  expect([field("power").value, priceField("price").value, priceField("exponent").value]).toEqual(["3", "macs", "0.5"]);
  priceField("price").value = "bytes";
  priceField("exponent").value = "1";
  press("Show these scores");
  expect(callbacks.onChoose).toHaveBeenLastCalledWith("power_norm:power=3/bytes^1");
  press("Reset to defaults");
  press("Show these scores");
  expect(callbacks.onChoose).toHaveBeenLastCalledWith("power_norm");
});

test("areas encode any criterion from its lowest to its highest value, and the caption says so", () => {
  const start = networkState("vgg");
  const scores = { ...networkScores("vgg"), criterion: "own", score: networkScores("vgg").score.map((_, i) => i - 3) };
  const state = {
    ...start,
    server: { ...start.server, scores: { ...start.server.scores, "10:own": scores } },
    choice: { ...start.choice, size: "own" },
  };
  const sizes = currentBubbleSizes(state, chosenRanking(state)!);
  expect(sizes.scoreAtZeroArea).toBeLessThanOrEqual(0);
  expect(Math.min(...sizes.values!)).toBeGreaterThanOrEqual(0);
  expect(describeSize(state, chosenRanking(state)!)).toContain("area = own, -3 to");
  expect(describeSize({ ...state, choice: { ...state.choice, size: "none" } }, chosenRanking(state)!)).toContain(
    "equal areas",
  );
  expect(describeSize({ ...state, choice: { ...state.choice, size: "l2" } }, chosenRanking(state)!)).toContain(
    "L2 norm, which is loading",
  );
});
