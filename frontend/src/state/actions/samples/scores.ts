/** Loads the scores by all criteria in use, and the agreement between the criteria. Computes missing scores first. */
import { ApiError, call } from "../../../api/client";
import type { Job, Scores } from "../../../api/values";
import { ruleCriterion, criterionWithinLayers } from "../../../planning/rules";
import { parseCriterionAndPrice } from "../../../planning/orders";
import { agreementCriteria, agreementKey } from "../../selectors/agreement";
import { withServer } from "../../changes/patches";
import { isReadOnly, scoresKey } from "../../selectors/select";
import type { State } from "../../state";
import { fetchOnce, type Context } from "../context";
import { currentRule } from "../../selectors/plan";

const POLL_INTERVAL_MS = 400;

/**
 * Loads the scores that the x axis, the bubble size and the current rule use, and the sensitivity for the plan summary.
 */
export function loadNodeScores(context: Context, id: number, state: State): void {
  const { criterion, size, agreement } = state.choice;
  const sizes = size === "instability" || size === "none" ? [] : [size];
  const rule = currentRule(state);
  const specs = [
    criterion,
    ruleCriterion(rule) ?? "taylor",
    criterionWithinLayers(rule) ?? "taylor",
    "taylor",
    ...sizes,
  ];
  for (const name of new Set(specs.map((spec) => parseCriterionAndPrice(spec).criterion)))
    loadScores(context, id, name);
  if (agreement && state.server.criteria.length) loadAgreement(context, id, agreementCriteria(state));
}

function loadScores(context: Context, id: number, criterion: string): void {
  const key = scoresKey(id, criterion);
  fetchOnce(
    context,
    `scores:${key}`,
    () => fetchScores(id, criterion, isReadOnly(context.store.state())),
    (state, scores) => withServer(state, { scores: { ...state.server.scores, [key]: scores } }),
  );
}

/**
 * Returns the scores of a node. If they must be computed first, waits for the job, which may take minutes. A read-only
 * visitor only gets scores that are already stored.
 */
async function fetchScores(id: number, criterion: string, isReadOnlyVisitor: boolean): Promise<Scores> {
  const input = { path: { node_id: id }, query: { criterion } };
  const areScoresStored = criterion === "taylor"; // every ready node has these
  if (areScoresStored || isReadOnlyVisitor) return call("get", "/api/nodes/{node_id}/scores", input);
  const response: Job | Scores = await call("post", "/api/nodes/{node_id}/scores", input);
  if (!("kind" in response)) return response;
  for (let job = response; job.state === "waiting" || job.state === "running";) {
    await new Promise((done) => setTimeout(done, POLL_INTERVAL_MS));
    job = await call("get", "/api/jobs/{job_id}", { path: { job_id: job.id } });
    if (job.error) throw new ApiError(job.error.code, job.error.message, job.error.details);
  }
  return call("get", "/api/nodes/{node_id}/scores", input);
}

function loadAgreement(context: Context, id: number, criteria: readonly string[]): void {
  const key = agreementKey(id, criteria);
  fetchOnce(
    context,
    `agreement:${key}`,
    () => call("get", "/api/nodes/{node_id}/agreement", { path: { node_id: id }, query: { criteria: [...criteria] } }),
    (state, agreement) => withServer(state, { agreements: { ...state.server.agreements, [key]: agreement } }),
  );
}
