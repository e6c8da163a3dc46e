/** Draws the chosen estimate in the tree: a dotted diamond that opens the estimator when it is clicked. */
import { select } from "d3-selection";
import { drawLabels, type Group } from "../../../marks/elements";
import type { EstimatePosition } from "../layout/overlays";

export function drawEstimateMark(
  group: Group,
  estimate: EstimatePosition | null,
  onOpenEstimate: (id: number) => void,
): void {
  group
    .selectAll<SVGGElement, EstimatePosition>(":scope > g")
    .data(estimate ? [estimate] : [], ({ id }) => id)
    .join((enter) => {
      const mark = enter.append("g").attr("class", "estimate").attr("data-testid", "estimate-mark");
      mark.append("rect").attr("class", "hit").attr("x", -12).attr("y", -12).attr("width", 24).attr("height", 24);
      mark.append("path").attr("class", "diamond").attr("d", "M0,-6L6,0L0,6L-6,0Z");
      mark.append("title");
      return mark;
    })
    .attr("transform", ({ x, y }) => `translate(${x},${y})`)
    .on("click", (_, { id }) => onOpenEstimate(id))
    .each(function ({ label, keep, anchor, labelX, labelY }) {
      this.querySelector("title")!.textContent = `Estimate: keep ${keep} filters (T)`;
      drawLabels(select<SVGElement, unknown>(this), [
        { key: "label", x: labelX, y: labelY, text: label, anchor, emphasis: "" },
      ]);
    });
}
