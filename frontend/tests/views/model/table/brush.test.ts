import { expect, test } from "vitest";
import { chooseNode } from "../../../../src/state/actions/choose";
import { planModel, planResult, chosenRanking } from "../../../../src/state/selectors/plan";
import { withChoice } from "../../../../src/state/changes/patches";
import { removableUnitsInRect, pixelsToBrush, brushToPixels } from "../../../../src/views/model/table/brush";
import { tableData } from "../../../../src/views/model/table/chartData";
import type { TableData } from "../../../../src/views/model/table/tableData";
import { networkState } from "../../../fixtures/network";

const state = networkState("vgg");

function dataAt(width: number, height: number, brush = state.choice.brush): TableData {
  const plan = { model: planModel(state)!, ranking: chosenRanking(state)!, result: planResult(state)! };
  return tableData(withChoice(state, { brush }), plan, { width, height, isEnlarged: false });
}

test("a brush covers the same filters in a window of another size", () => {
  const small = dataAt(600, 400);
  const [left, right] = small.layout.plot;
  const rect = [left - 1, 0.4 * small.layout.rowHeight, (left + right) / 2, 1.3 * small.layout.rowHeight] as const;
  const brush = pixelsToBrush(small, rect);
  expect(brush.rows).toEqual([0, 2]);
  const chosen = removableUnitsInRect(small, brushToPixels(small, brush)).sort();
  expect(chosen.length).toBeGreaterThan(0);
  const large = dataAt(1400, 900, brush);
  expect(large.brush).not.toEqual(brushToPixels(small, brush));
  expect(removableUnitsInRect(large, large.brush!).sort()).toEqual(chosen);
});

test("choosing another node clears the brush", () => {
  const brushed = withChoice(state, { brush: { x: [0, 1], rows: [0, 2] } });
  expect(chooseNode(999)(brushed).choice.brush).toBeNull();
  expect(chooseNode(state.choice.node!)(brushed).choice.brush).not.toBeNull();
});
