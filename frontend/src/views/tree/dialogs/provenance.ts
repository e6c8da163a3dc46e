/** Dialog that shows how a node was trained, and its accuracy next to the forecast made when its plan was applied. */
import { type Box, ensureElement } from "../../../marks/elements";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { ruleSentence } from "../../model/plan/ruleText";
import { listProperties, type NodeProperty, type ProvenanceInput } from "../../nodes/provenance";
import { planRule } from "../../../state/selectors/plan";
import type { Node } from "../../../api/values";
import type { PanelDialog } from "../../panel";

export const provenanceDialog: PanelDialog = {
  label: "How the node was trained",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "provenance" ? state.server.nodes[dialog.node] : undefined;
    if (!node) return;
    ensureElement(content, "p", "paragraph about").text(
      `Node ${node.number}. These are the settings that it was created with; later changes to the experiment’s settings do not affect them.`,
    );
    drawNotices(content, [...node.notices, ...(node.recovered_reason === null ? [] : [node.recovered_reason])]);
    drawProperties(
      ensureElement(content, "table", "history properties"),
      listProperties(toProvenanceInput(state, node)),
    );
    drawButtons(content, [{ text: "Close", isPrimary: true, run: () => act.openDialog(null) }]);
  },
};

function toProvenanceInput({ server }: State, node: Node): ProvenanceInput {
  const plan = (node.plan_id === null ? undefined : server.plans[node.plan_id]) ?? null;
  return {
    node,
    parent: node.parent_id === null ? undefined : server.nodes[node.parent_id],
    nodeById: server.nodes,
    plan,
    rule: plan && ruleSentence(planRule(plan), server.criteria),
  };
}

function drawNotices(content: Box, sentences: readonly string[]): void {
  ensureElement(content, "p", "notes")
    .attr("class", "notes problem paragraph")
    .attr("hidden", sentences.length ? null : "")
    .text(sentences.join(" "));
}

function drawProperties(table: Box, properties: readonly NodeProperty[]): void {
  const rows = table
    .selectAll<HTMLTableRowElement, NodeProperty>(":scope > tr")
    .data(properties, ({ name }) => name)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row");
      row.append("td");
      return row;
    })
    .order();
  rows.select("th").text(({ name }) => name);
  rows.select("td").text(({ value }) => value);
}
