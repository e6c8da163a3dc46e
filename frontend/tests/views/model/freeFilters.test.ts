import { select } from "d3-selection";
import { expect, test } from "vitest";
import { type Rule } from "../../../src/planning/rules";
import { changeRule } from "../../../src/state/changes/edits";
import { planModel, planResult, chosenRanking } from "../../../src/state/selectors/plan";
import { toolsData } from "../../../src/views/model/table/chartData";
import { drawTools, type ToolsCallbacks } from "../../../src/views/model/table/tools";
import { networkState } from "../../fixtures/network";
import { paperRule } from "../../fixtures/rules";

const state = changeRule({ ...paperRule, percent: 50 } as Rule)(networkState("resnet_a"));
const plan = { model: planModel(state)!, ranking: chosenRanking(state)!, result: planResult(state)! };

function labelOf(width: number): HTMLElement {
  const box: HTMLElement = document.createElement("div");
  drawTools(select(box), toolsData(state, plan, width), {} as ToolsCallbacks);
  return box.querySelector("label.of")!;
}

test("the percentage says that it counts free filters, in its tooltip if there is no room", () => {
  expect(labelOf(1100).textContent).toBe("% of free filters");
  expect(labelOf(655).textContent).toBe("%");
  expect(labelOf(655).title).toContain("Free filters can be removed");
});
