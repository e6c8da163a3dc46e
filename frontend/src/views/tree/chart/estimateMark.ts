/** The estimator's answer on the tree: a dotted diamond that opens it. */
import { select } from "d3-selection";
import { drawLabels, type Group } from "../../../marks/part";
import type { EstimatePosition } from "../layout/overlays";

export function drawEstimateMark(group: Group, estimate: EstimatePosition | null, onOpen: (id: number) => void): void {
  group
    .selectAll<SVGGElement, EstimatePosition>(":scope > g")
    .data(estimate ? [estimate] : [], ({ id }) => id)
    .join((enter) => {
      const made = enter.append("g").attr("class", "estimate").attr("data-testid", "estimate-mark");
      made.append("rect").attr("class", "hit").attr("x", -12).attr("y", -12).attr("width", 24).attr("height", 24);
      made.append("path").attr("class", "sign").attr("d", "M0,-6L6,0L0,6L-6,0Z");
      made.append("title");
      return made;
    })
    .attr("transform", ({ x, y }) => `translate(${x},${y})`)
    .on("click", (_, { id }) => onOpen(id))
    .each(function ({ label, keep, anchor, labelX, labelY }) {
      this.querySelector("title")!.textContent = `Estimate: keep ${keep} filters (T)`;
      drawLabels(select<SVGElement, unknown>(this), [
        { key: "label", x: labelX, y: labelY, text: label, anchor, look: "" },
      ]);
    });
}
