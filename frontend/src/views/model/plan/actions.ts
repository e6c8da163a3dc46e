/**
 * Draws the field for the plan's reason, the Preview and Apply buttons and, above them, the server's error message if
 * there is one.
 */
import { type Box, ensureElement } from "../../../marks/elements";
import type { ButtonData, PlanCallbacks, PlanData } from "./planData";

export function drawPlanActions(box: Box, data: PlanData, callbacks: PlanCallbacks): void {
  ensureElement(box, "p", "refusal")
    .attr("role", "alert")
    .attr("hidden", data.error === null ? "" : null)
    .text(data.error ?? "");
  drawReasonField(ensureElement(box, "input", "reason"), data, callbacks);
  drawButton(ensureElement(box, "button", "btn preview"), "Preview", data.previewButton, () =>
    callbacks.onPreviewPlan(),
  ).attr("hidden", data.isApplied ? "" : null);
  drawButton(ensureElement(box, "button", "btn apply"), data.isApplied ? "Applied" : "Apply", data.applyButton, () =>
    callbacks.onApplyPlan(),
  );
  drawChildLink(ensureElement(box, "button", "btn pri child"), data, callbacks);
}

/** Draws a link from an applied plan to the node that it created. */
function drawChildLink(button: Box, { child }: PlanData, callbacks: PlanCallbacks): void {
  button
    .attr("type", "button")
    .attr("hidden", child ? null : "")
    .text(child ? `Go to node ${child.number}` : "");
  button.on("click", () => child && callbacks.onChooseChild(child.id));
}

function drawReasonField(
  field: Box<HTMLInputElement>,
  { reason, savedReason, isApplied }: PlanData,
  callbacks: PlanCallbacks,
): void {
  const node = field.node()!;
  field
    .attr("aria-label", "Why this plan? Saved with the node.")
    .attr("placeholder", "Why this plan? Saved with the node.")
    .attr("maxlength", 10_000)
    .property("disabled", isApplied)
    .on("change", () => callbacks.onEditReason(node.value))
    .on("keydown", ({ key }: KeyboardEvent) => {
      if (key === "Enter" && reason !== savedReason) callbacks.onEditReason(node.value);
      if (key !== "Escape") return;
      callbacks.onDiscardReasonEdits();
      node.value = savedReason;
      node.blur();
    });
  if (document.activeElement !== node) node.value = reason;
}

function drawButton(button: Box, name: string, data: ButtonData, run: () => void): Box {
  button
    .attr("type", "button")
    .attr("data-testid", `${name.toLowerCase().replace("applied", "apply")}-plan`)
    .classed("pri", data.isPrimary)
    .attr("title", data.title)
    .attr("disabled", data.isEnabled ? null : "")
    .on("click", run);
  ensureElement(button, "span", "word").text(name);
  ensureElement(button, "span", "cost")
    .attr("hidden", data.cost ? null : "")
    .text(data.cost);
  return button;
}
