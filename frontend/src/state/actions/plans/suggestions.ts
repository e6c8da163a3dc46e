/** Starts searches for the best plan of a node. */
import { call } from "../../../api/client";
import type { NewSuggestion } from "../../../api/values";
import { withServerValue } from "../../changes/patches";
import type { Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

export function createSuggestionActions(context: Context) {
  return { suggestPlan: (node: number, body: NewSuggestion) => void suggestPlan(context, node, body) };
}

/** Starts a search. Its candidates arrive with events, and the dialog stays open to show them. */
async function suggestPlan(context: Context, node_id: number, body: NewSuggestion): Promise<void> {
  const started = await sendFromDialog(context, "suggestion", () =>
    call("post", "/api/nodes/{node_id}/suggestions", { path: { node_id }, body }),
  );
  if (!started) return;
  const { suggestion, job } = started;
  context.store.dispatch((state) =>
    withServerValue(withServerValue(state, "jobs", job.id, job), "suggestions", suggestion.id, suggestion),
  );
}
