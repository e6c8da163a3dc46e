/**
 * Lists the overrides and locked layers, each with a button that undoes it. The list is shown only in the enlarged
 * panel.
 */
import { icon } from "../../../marks/icons";
import { type Box, ensureElement } from "../../../marks/elements";
import type { Override, PlanCallbacks, PlanData } from "./planData";

const OVERRIDE_SYMBOLS = { kept: "◉", removed: "✕", locked: "▪" } as const;

export function drawOverrides(
  box: Box,
  { overrides, isEnlarged, isApplied }: PlanData,
  callbacks: PlanCallbacks,
): void {
  const list = ensureElement(box, "div", "overrides").attr("hidden", isEnlarged && overrides.length ? null : "");
  ensureElement(list, "b", "title").text("Overrides and locks");
  const rows = ensureElement(list, "ul", "rows")
    .selectAll<HTMLLIElement, Override>("li")
    .data(isEnlarged ? overrides : [], (override) => override.key)
    .join((enter) => {
      const row = enter.append("li");
      for (const name of ["symbol", "layer", "number", "text"]) row.append("span").attr("class", name);
      row.append("button").attr("class", "icon").attr("type", "button").html(icon("undo"));
      return row;
    });
  rows
    .select("span.symbol")
    .attr("class", ({ kind }) => `symbol ${kind}`)
    .text(({ kind }) => OVERRIDE_SYMBOLS[kind]);
  rows.select("span.layer").text(({ layer }) => layer);
  rows.select("span.number").text(({ number }) => number ?? "");
  rows.select("span.text").text(({ text }) => text);
  rows
    .select("button")
    .attr("title", ({ layer, number }) => `Undo: ${layer} ${number ?? ""}`)
    .attr("aria-label", ({ layer, number, kind }) => `Undo: ${layer} ${number ?? ""} ${kind}`)
    .attr("disabled", isApplied ? "" : null)
    .on("click", (_, override) => callbacks.onRevertOverride(override));
}
