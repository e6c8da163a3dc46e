/** The branch that grows by itself: how far it is, to be stopped or taken over. */
import type { Node, Walk } from "../../api/values";
import { icon, type IconName } from "../../marks/icons";
import { formatPercent, formatPlural } from "../../marks/format";
import { part, type Box } from "../../marks/part";

export interface WalkData {
  readonly walks: readonly Walk[];
  readonly nodes: Readonly<Record<number, Node>>;
}

export interface WalkCallbacks {
  stopWalk(id: number): void;
  takeOverWalk(id: number): void;
}

/** "Walk −25% · 3 nodes" */
const describeProgress = ({ percent, nodes }: Walk): string =>
  `Walk −${percent}% · ${formatPlural(nodes.length, "node")}`;

export function drawWalk(box: Box, { walks, nodes }: WalkData, { stopWalk, takeOverWalk }: WalkCallbacks): void {
  const walk = walks[0];
  box
    .attr("hidden", walk ? null : "")
    .attr("role", "group")
    .attr("aria-label", "Automatic walk")
    .attr("data-testid", "walk-bar");
  if (!walk) return;
  const name = walk.kind === "automatic" ? "Automatic walk" : "Automatic walk with estimator";
  const current = nodes[walk.current_id ?? -1];
  box.attr(
    "title",
    `${name} from node ${nodes[walk.node_id]?.number ?? "?"}, until accuracy falls below ${formatPercent(walk.target_accuracy, 2)}${walks.length > 1 ? `; ${walks.length} walks run` : ""}`,
  );
  part(box, "span", "what").text(describeProgress(walk));
  const at = current ? `node ${current.number}` : "its last good node";
  drawButton(
    box,
    { name: "take-over", picture: "takeOver", title: `Take over: finish ${at}, choose it, no further step` },
    () => takeOverWalk(walk.id),
  );
  drawButton(
    box,
    {
      name: "stop-walk",
      picture: "stop",
      title: current ? `Stop the walk; node ${current.number} in the making is cancelled` : "Stop the walk",
    },
    () => stopWalk(walk.id),
  );
}

interface Button {
  readonly name: string;
  readonly picture: IconName;
  readonly title: string;
}

function drawButton(box: Box, { name, picture, title }: Button, run: () => void): void {
  const button = part(box, "button", name);
  if (!button.node()!.firstChild) button.html(icon(picture));
  button
    .attr("class", `${name} icon`)
    .attr("type", "button")
    .attr("title", title)
    .attr("aria-label", title)
    .attr("data-testid", name)
    .on("click", run);
}
