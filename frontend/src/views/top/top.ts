/** The top bar: experiment, lineage, edits of the plan, Autopilot, current job, sharing and help. */
import type { Experiment, Job, Node, Visitor, Autopilot } from "../../api/values";
import { formatPlural } from "../../marks/format";
import { type Box, ensureElement } from "../../marks/elements";
import { LOGO_SVG, icon } from "../../marks/icons";
import { activeJobs, activeAutopilots, chosenExperiment, lineage } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { drawBreadcrumbs } from "./crumbs";
import { drawExperiments, type ExperimentCallbacks } from "./experiments";
import { drawJob } from "./job";
import { drawVisitor } from "./visitor";
import { drawAutopilot } from "./autopilot";
import { redoCount, undoCount } from "../../state/selectors/plan";

export interface TopBarData {
  readonly experiments: readonly Experiment[];
  readonly experiment: Experiment | null;
  readonly lineage: readonly Node[];
  readonly nodes: Readonly<Record<number, Node>>;
  readonly jobs: readonly Job[];
  readonly autopilots: readonly Autopilot[];
  readonly visitor: Visitor | null;
  readonly undoCount: number;
  readonly redoCount: number;
}

export interface TopBarCallbacks extends ExperimentCallbacks {
  chooseNode(id: number): void;
  cancelJob(id: number): void;
  stopAutopilot(id: number): void;
  takeOverAutopilot(id: number): void;
  undo(): void;
  redo(): void;
  openShareDialog(): void;
  signOut(): void;
  toggleTheme(): void;
  openDialog(dialog: { kind: "help" | "notices" }): void;
}

export const topBarData = (state: State): TopBarData => ({
  experiments: Object.values(state.server.experiments).sort((a, b) => b.id - a.id),
  experiment: chosenExperiment(state),
  lineage: lineage(state.server.nodes, state.choice.node),
  nodes: state.server.nodes,
  jobs: activeJobs(state),
  autopilots: activeAutopilots(state),
  visitor: state.server.visitor,
  undoCount: undoCount(state),
  redoCount: redoCount(state),
});

export function drawTopBar(top: Box, data: TopBarData, callbacks: TopBarCallbacks): void {
  const brand = ensureElement(top, "div", "brand");
  if (!brand.node()!.firstChild) brand.html(`${LOGO_SVG}CNNPruner`);
  ensureElement(top, "span", "sep first");
  drawExperiments(top, data, callbacks);
  drawNoticesButton(top, data.experiment, () => callbacks.openDialog({ kind: "notices" }));
  drawBreadcrumbs(ensureElement(top, "nav", "crumbs"), data.lineage, callbacks.chooseNode);
  ensureElement(top, "div", "grow");
  drawUndoButtons(ensureElement(top, "div", "edits"), data, callbacks);
  ensureElement(top, "span", "sep second");
  drawAutopilot(ensureElement(top, "div", "autopilot"), data, callbacks);
  drawJob(ensureElement(top, "div", "job"), data, callbacks.cancelJob);
  ensureElement(top, "span", "sep third");
  drawVisitor(ensureElement(top, "div", "visitor"), data.visitor, callbacks.signOut);
  drawButton(
    top,
    "share",
    "Share",
    "Create a link to this exact view, or revoke a link (Shift+L)",
    callbacks.openShareDialog,
  )
    .attr("class", "share btn")
    .attr("disabled", data.experiment ? null : "");
  drawButton(top, "theme", "", "Switch between light and dark theme (Shift+T)", callbacks.toggleTheme);
  drawButton(top, "help", "", "Help and keyboard shortcuts (?)", () => callbacks.openDialog({ kind: "help" }));
}

/** Draws the button next to the experiment's name that opens the notices about the experiment. */
function drawNoticesButton(top: Box, experiment: Experiment | null, onOpenNotices: () => void): void {
  const count = experiment?.notices.length ?? 0;
  const title = count > 0 ? `About this experiment: ${formatPlural(count, "notice")}` : "About this experiment";
  const button = ensureElement(top, "button", "notices");
  if (!button.node()!.firstChild) button.html(icon("info")).append("span").attr("class", "number");
  ensureElement(button, "span", "number").text(count > 0 ? count : "");
  button
    .attr("class", "notices icon")
    .attr("type", "button")
    .attr("hidden", experiment ? null : "")
    .attr("title", title)
    .attr("aria-label", title)
    .attr("data-testid", "notices")
    .on("click", onOpenNotices);
}

function drawButton(
  parent: Box,
  name: "share" | "theme" | "help" | "undo" | "redo",
  text: string,
  title: string,
  run: () => void,
) {
  const button = ensureElement(parent, "button", name);
  if (!button.node()!.firstChild) button.html(icon(name)).append("span").text(text);
  return button
    .attr("class", `${name} icon`)
    .attr("type", "button")
    .attr("title", title)
    .attr("aria-label", text === "" ? title : null)
    .attr("data-testid", name)
    .on("click", run);
}

function drawUndoButtons(group: Box, { undoCount, redoCount }: TopBarData, callbacks: TopBarCallbacks): void {
  group.attr("role", "group").attr("aria-label", "Plan edits");
  ensureElement(group, "span", "caption").text("Plan edits");
  drawButton(group, "undo", "", "Undo (Ctrl+Z)", callbacks.undo).attr("disabled", undoCount === 0 ? "" : null);
  ensureElement(group, "span", "past").text(undoCount);
  drawButton(group, "redo", "", "Redo (Ctrl+Shift+Z)", callbacks.redo).attr("disabled", redoCount === 0 ? "" : null);
  ensureElement(group, "span", "future").text(redoCount);
}
