/** What was set by hand, with a way back; shown where the panel is enlarged. */
import { icon } from "../../../marks/icons";
import { type Box, ensureElement } from "../../../marks/elements";
import type { Handmade, PlanCallbacks, PlanData } from "./planData";

const SIGN = { kept: "◉", removed: "✕", locked: "▪" } as const;

export function drawHandmade(box: Box, { handmade, enlarged, isApplied }: PlanData, callbacks: PlanCallbacks): void {
  const list = ensureElement(box, "div", "hand").attr("hidden", enlarged && handmade.length ? null : "");
  ensureElement(list, "b", "title").text("Set by hand");
  const rows = ensureElement(list, "ul", "rows")
    .selectAll<HTMLLIElement, Handmade>("li")
    .data(enlarged ? handmade : [], (one) => one.key)
    .join((enter) => {
      const made = enter.append("li");
      for (const name of ["sign", "layer", "number", "text"]) made.append("span").attr("class", name);
      made.append("button").attr("class", "icon").attr("type", "button").html(icon("undo"));
      return made;
    });
  rows
    .select("span.sign")
    .attr("class", (one) => `sign ${one.kind}`)
    .text((one) => SIGN[one.kind]);
  rows.select("span.layer").text((one) => one.layer);
  rows.select("span.number").text((one) => one.number ?? "");
  rows.select("span.text").text((one) => one.text);
  rows
    .select("button")
    .attr("title", (one) => `Take back: ${one.layer} ${one.number ?? ""}`)
    .attr("aria-label", (one) => `Take back: ${one.layer} ${one.number ?? ""} ${one.kind}`)
    .attr("disabled", isApplied ? "" : null)
    .on("click", (_, one) => callbacks.onTakeBack(one));
}
