/** Dialog that finds nodes by number, note, star, or how they were made. */
import type { Node } from "../../../api/values";
import { formatPercent, formatPlural } from "../../../marks/format";
import { ensureElement } from "../../../marks/elements";
import { treeNodes } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import type { PanelDialog } from "../../panel";
import { originText } from "../../nodes/tags";
import { describeOutcome } from "../../nodes/descriptions";

const MAX_RESULTS = 50;

export const findDialog: PanelDialog = {
  label: "Find a node",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "find") return;
    const matches = findNodes(state, dialog.text);
    const choose = (node: Node | undefined): void => {
      if (!node) return;
      act.chooseNode(node.id);
      act.openDialog(null);
    };
    ensureElement(content, "input", "field")
      .attr("autofocus", "")
      .attr("type", "text")
      .attr("aria-label", "Search by number, words in the note, ★, not recovered, control …")
      .attr("placeholder", "number, words in the note, ★, not recovered, control …")
      .on("input", (event: Event) => act.setFindText((event.currentTarget as HTMLInputElement).value))
      .on("keydown", (event: KeyboardEvent) => {
        if (event.key === "Enter") choose(matches[0]);
      });
    ensureElement(content, "p", "paragraph")
      .attr("class", "paragraph dim small")
      .attr("role", "status")
      .text(`${formatPlural(matches.length, "node")}; Enter chooses the first node.`);
    ensureElement(content, "div", "matches")
      .selectAll<HTMLButtonElement, Node>(":scope > button")
      .data(matches.slice(0, MAX_RESULTS), ({ id }) => id)
      .join("button")
      .order()
      .attr("type", "button")
      .attr("data-testid", ({ number }) => `match-${number}`)
      .text((node) => describeMatch(node, state))
      .on("click", (_, node) => choose(node));
  },
};

/**
 * Returns the nodes whose descriptions contain all words of the text. If the first word is the number of a node, that
 * node comes first.
 */
export function findNodes(state: State, text: string): readonly Node[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const matches = treeNodes(state).filter((node) => {
    const description = describeMatch(node, state).toLowerCase();
    return words.every((word) => description.includes(word));
  });
  return matches.sort(
    (a, b) => Number(String(b.number) === words[0]) - Number(String(a.number) === words[0]) || a.number - b.number,
  );
}

function describeMatch(node: Node, { server }: State): string {
  const parts = [
    `node ${node.number}`,
    node.accuracy === null ? "" : formatPercent(node.accuracy, 2),
    describeOutcome(node),
    originText(node, server.nodes),
  ];
  return [...parts, node.starred ? "★" : "", node.note].filter(Boolean).join(" · ");
}
