/** Starts searches for the best plan of a node, and drafts plans that a search has tried. */
import { call } from "../../../api/client";
import type { Candidate, NewSuggestion, Suggestion } from "../../../api/values";
import { formatCount, formatPercent } from "../../../marks/format";
import { withDraft } from "../../changes/edits";
import { withChoice, withScreen, withServerValue } from "../../changes/patches";
import type { Dialog } from "../../dialog";
import type { State } from "../../state";
import type { Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

export function createSuggestionActions(context: Context) {
  const { dispatch } = context.store;
  return {
    openSuggestionDialog: (node: number) =>
      dispatch((state) =>
        withScreen(state, {
          dialog: { kind: "suggestion", node, suggestion: null, candidate: null, error: null, isSending: false },
        }),
      ),
    /** Shows another search at the same node. */
    chooseSuggestion: (suggestion: number) => dispatch(withSuggestionChoice({ suggestion, candidate: null })),
    /** Chooses a plan in the list of tried plans; `candidate` is its `candidateKey`. */
    chooseCandidate: (candidate: string) => dispatch(withSuggestionChoice({ candidate })),
    suggestPlan: (node: number, body: NewSuggestion) => void suggestPlan(context, node, body),
    draftCandidate: (suggestion: Suggestion, candidate: Candidate) =>
      void draftCandidate(context, suggestion, candidate),
  };
}

type SuggestionChoice = Pick<Extract<Dialog, { kind: "suggestion" }>, "suggestion" | "candidate">;

const withSuggestionChoice =
  (choice: Partial<SuggestionChoice>) =>
  (state: State): State => {
    const { dialog } = state.screen;
    return dialog?.kind === "suggestion" ? withScreen(state, { dialog: { ...dialog, ...choice } }) : state;
  };

/** Starts a search and shows it. Its candidates arrive with events, and the dialog stays open to show them. */
async function suggestPlan(context: Context, node_id: number, body: NewSuggestion): Promise<void> {
  const searchResponse = await sendFromDialog(context, "suggestion", () =>
    call("post", "/api/nodes/{node_id}/suggestions", { path: { node_id }, body }),
  );
  if (!searchResponse) return;
  const { suggestion, job } = searchResponse;
  context.store.dispatch((state) =>
    withSuggestionChoice({ suggestion: suggestion.id, candidate: null })(
      withServerValue(withServerValue(state, "jobs", job.id, job), "suggestions", suggestion.id, suggestion),
    ),
  );
}

/** Drafts a plan that a search has tried, closes the dialog and chooses the draft. */
async function draftCandidate(
  context: Context,
  { id, node_id }: Suggestion,
  { rule, reconstructed }: Candidate,
): Promise<void> {
  const { accuracy, images } = reconstructed;
  const note = `Tried by search ${id}: ${formatPercent(accuracy)} after reconstruction, on ${formatCount(images)} images.`;
  const plan = await sendFromDialog(context, "suggestion", () =>
    call("post", "/api/nodes/{node_id}/plans", { path: { node_id }, body: { ...rule, name: null, note } }),
  );
  if (!plan) return;
  context.store.dispatch((state) => {
    const updatedState = withChoice(withServerValue(state, "plans", plan.id, plan), {
      node: node_id,
      plan: plan.id,
      brush: null,
    });
    return withDraft(withScreen(updatedState, { dialog: null }), { request: null });
  });
}
