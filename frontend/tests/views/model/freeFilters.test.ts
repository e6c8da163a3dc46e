import { select } from "d3-selection";
import { expect, test } from "vitest";
import { type Rule } from "../../../src/planning/rules";
import { changeRule } from "../../../src/state/changes/edits";
import { planModel, planResult, chosenRanking } from "../../../src/state/selectors/plan";
import { toolbarData } from "../../../src/views/model/table/chartData";
import { drawToolbar, type ToolbarCallbacks } from "../../../src/views/model/table/tools";
import { networkState } from "../../fixtures/network";
import { paperRule } from "../../fixtures/rules";

const state = changeRule({ ...paperRule, percent: 50 } as Rule)(networkState("resnet_a"));
const plan = { model: planModel(state)!, ranking: chosenRanking(state)!, result: planResult(state)! };

function labelOf(width: number): HTMLElement {
  const box: HTMLElement = document.createElement("div");
  drawToolbar(select(box), toolbarData(state, plan, width), {} as ToolbarCallbacks);
  return box.querySelector("label.of")!;
}

test("the percentage says that it counts free filters, in its tooltip if there is no room", () => {
  expect(labelOf(1100).textContent).toBe("% of free filters");
  expect(labelOf(655).textContent).toBe("%");
  expect(labelOf(655).title).toContain("Free filters can be removed");
});
