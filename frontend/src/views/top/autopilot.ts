/** Shows the progress of the running Autopilot, with buttons to stop it or take it over. */
import { AUTOPILOT_NAMES, describeAutopilotEnd, describeAutopilotSteps } from "../nodes/tags";
import type { Node, Autopilot } from "../../api/values";
import { icon, type IconName } from "../../marks/icons";
import { formatPlural } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/elements";

export interface AutopilotData {
  readonly autopilots: readonly Autopilot[];
  readonly nodes: Readonly<Record<number, Node>>;
}

export interface AutopilotCallbacks {
  stopAutopilot(id: number): void;
  takeOverAutopilot(id: number): void;
}

/**
 * Describes the progress of an Autopilot: "Autopilot −25% · 3 nodes" or, with a schedule, "Autopilot · step 3 of 5".
 */
const describeProgress = ({ kind, percent, steps, nodes }: Autopilot): string =>
  kind === "schedule"
    ? `Autopilot · step ${nodes.length} of ${steps}`
    : `Autopilot −${percent}% · ${formatPlural(nodes.length, "node")}`;

export function drawAutopilot(
  box: Box,
  { autopilots, nodes }: AutopilotData,
  { stopAutopilot, takeOverAutopilot }: AutopilotCallbacks,
): void {
  const autopilot = autopilots[0];
  box
    .attr("hidden", autopilot ? null : "")
    .attr("role", "group")
    .attr("aria-label", "Autopilot")
    .attr("data-testid", "autopilot-bar");
  if (!autopilot) return;
  const current = nodes[autopilot.current_id ?? -1];
  box.attr(
    "title",
    `${AUTOPILOT_NAMES[autopilot.kind]} from node ${nodes[autopilot.node_id]?.number ?? "?"}: ${describeAutopilotSteps(autopilot)}; ends ${describeAutopilotEnd(autopilot)}${autopilots.length > 1 ? `; ${autopilots.length} Autopilots are running` : ""}`,
  );
  ensureElement(box, "span", "progress-text").text(describeProgress(autopilot));
  drawButton(
    box,
    {
      name: "take-over",
      iconName: "takeOver",
      title: `Take over: ${current ? `finish node ${current.number}` : "choose the last good node"}, and start no further step`,
    },
    () => takeOverAutopilot(autopilot.id),
  );
  drawButton(
    box,
    {
      name: "stop-autopilot",
      iconName: "stop",
      title: current ? `Stop Autopilot and cancel node ${current.number}` : "Stop Autopilot",
    },
    () => stopAutopilot(autopilot.id),
  );
}

interface Button {
  readonly name: string;
  readonly iconName: IconName;
  readonly title: string;
}

function drawButton(box: Box, { name, iconName, title }: Button, run: () => void): void {
  const button = ensureElement(box, "button", name);
  if (!button.node()!.firstChild) button.html(icon(iconName));
  button
    .attr("class", `${name} icon`)
    .attr("type", "button")
    .attr("title", title)
    .attr("aria-label", title)
    .attr("data-testid", name)
    .on("click", run);
}
