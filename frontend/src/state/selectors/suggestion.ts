/** The search for a best plan that the dialog shows, and the plan chosen from its results. */
import type { Candidate, Job, Suggestion } from "../../api/values";
import type { State } from "../state";

/** Returns the searches at a node, newest first. */
export const suggestionsOfNode = ({ server }: State, node: number): readonly Suggestion[] =>
  Object.values(server.suggestions)
    .filter(({ node_id }) => node_id === node)
    .sort((a, b) => b.id - a.id);

/** Returns the search that the dialog shows: the one that the user has chosen, else the newest one at the node. */
export function shownSuggestion(state: State, node: number): Suggestion | undefined {
  const { dialog } = state.screen;
  const searches = suggestionsOfNode(state, node);
  const chosenSearchId = dialog?.kind === "suggestion" ? dialog.suggestion : null;
  return searches.find(({ id }) => id === chosenSearchId) ?? searches[0];
}

/** Returns the job of a search that is still waiting or running. */
export function activeSearchJob({ server }: State, suggestion: Suggestion | undefined): Job | undefined {
  const job = server.jobs[suggestion?.job_id ?? -1];
  return job && (job.state === "waiting" || job.state === "running") ? job : undefined;
}

/** Returns the job of any search at the node that is still waiting or running. */
export const activeSearchJobOfNode = (state: State, node: number): Job | undefined =>
  suggestionsOfNode(state, node)
    .map((suggestion) => activeSearchJob(state, suggestion))
    .find((job) => job !== undefined);

/**
 * Key of a candidate (a plan that the search tried). It stays the same while the list changes; no two candidates have
 * the same rule.
 */
export const candidateKey = ({ rule }: Candidate): string => JSON.stringify(rule);

/** Returns the candidate that the user has chosen in the dialog, else the best one. */
export function chosenCandidate({ screen }: State, suggestion: Suggestion | undefined): Candidate | undefined {
  const key = screen.dialog?.kind === "suggestion" ? screen.dialog.candidate : null;
  const candidates = suggestion?.candidates ?? [];
  return candidates.find((candidate) => candidateKey(candidate) === key) ?? candidates[0];
}
