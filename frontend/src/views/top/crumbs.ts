/**
 * The path from the root to the chosen node. At each node it shows the share of the free (removable) filters that the
 * plan removed.
 */
import type { Node } from "../../api/values";
import { formatShare } from "../../marks/format";
import type { Box } from "../../marks/elements";
import { describeRemovedShare, removedShare } from "../nodes/descriptions";

/** Maximum number of nodes shown. A longer path is shown as the root, a gap, and the last nodes. */
const MAX_BREADCRUMBS = 7;

export function drawBreadcrumbs(nav: Box, path: readonly Node[], onChoose: (id: number) => void): void {
  nav.attr("aria-label", "Lineage of the chosen node");
  const shown = path.length <= MAX_BREADCRUMBS ? path : [path[0]!, ...path.slice(1 - MAX_BREADCRUMBS)];
  const breadcrumbs = shown.map((node, index) => ({ node, step: describePathStep(path, shown, index) }));
  nav
    .selectAll<HTMLElement, (typeof breadcrumbs)[number]>(":scope > span")
    .data(breadcrumbs, ({ node }) => node.id)
    .join((enter) => {
      const breadcrumb = enter.append("span");
      breadcrumb.append("i");
      breadcrumb.append("button").attr("type", "button");
      return breadcrumb;
    })
    .each(function ({ node, step }, index) {
      const [text, button] = [this.querySelector("i")!, this.querySelector("button")!];
      text.textContent = step.text;
      text.title = step.title;
      text.hidden = step.text === "";
      button.textContent = String(node.number);
      button.ariaCurrent = index === breadcrumbs.length - 1 ? "true" : "false";
      button.title = `Node ${node.number}${node.note ? `: ${node.note}` : ""}`;
      button.onclick = () => onChoose(node.id);
    });
}

interface PathStep {
  readonly text: string;
  readonly title: string;
}

function describePathStep(path: readonly Node[], shown: readonly Node[], index: number): PathStep {
  if (index === 0) return { text: "", title: "" };
  const node = shown[index]!;
  const parent = path[path.indexOf(node) - 1];
  if (parent !== shown[index - 1]) return { text: "…", title: "" };
  const share = removedShare(node, parent);
  if (share === null) return { text: "·", title: "" };
  return { text: `−${formatShare(share, share < 0.0995 ? 1 : 0)}%`, title: describeRemovedShare(share, parent) };
}
