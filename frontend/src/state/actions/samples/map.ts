/** The map of samples: asking for it, marks, choosing samples, zoom. */
import { call } from "../../../api/client";
import type { Embedding, Job, Node } from "../../../api/values";
import { againstOf, comparedKey, layoutKey, shownChanges, viewKey } from "../../selectors/map";
import { noPick, togglePick } from "../../changes/picks";
import { withChoice, without, withScreen, withServer, withValue } from "../../changes/patches";
import { activeJobs, isReadOnly, lineage } from "../../selectors/select";
import { CHANGES, type Change } from "../../choice";
import type { State, Zoom } from "../../state";
import { ask, attempt, type Context } from "../context";

const ALL = 20_000;

export function createMapActions(context: Context) {
  const { dispatch, state: now } = context.store;
  return {
    layOut: () => void layOut(context, now().choice.node),
    toggleChange: (change: Change) =>
      dispatch((state) => withChoice(state, { changes: toggled(shownChanges(state), change) })),
    compareWith: (against: number | null) => dispatch((state) => withChoice(state, { against })),
    pick: (samples: readonly number[]) =>
      dispatch((state) =>
        withChoice(state, { ...noPick, sample: state.choice.sample, picked: samples.length ? samples : null }),
      ),
    togglePick: (sample: number) =>
      dispatch((state) => withChoice(state, { ...noPick, sample, picked: togglePick(state.choice.picked, sample) })),
    dropPick: () => dispatch((state) => withChoice(state, { cell: null, label: null, picked: null })),
    zoomMap: (zoom: Zoom) => dispatch((state) => withScreen(state, { zoom })),
  };
}

const toggled = (changes: readonly Change[], one: Change): readonly Change[] =>
  CHANGES.filter((change) => changes.includes(change) !== (change === one));

async function layOut(context: Context, node: number | null): Promise<void> {
  if (node === null) return;
  const answer = await attempt(context, () =>
    call("post", "/api/nodes/{node_id}/embedding", { path: { node_id: node } }),
  );
  if (answer) context.store.dispatch((state) => takeAnswer(state, answer));
}

const isLayout = (answer: Embedding | Job): answer is Embedding => "perplexity" in answer;

/** The finished layout takes the place of its frames. */
function takeLayout(state: State, embedding: Embedding): State {
  const frames = without(state.server.frames, embedding.node_id);
  return withServer(state, { frames, embeddings: { ...state.server.embeddings, [embedding.node_id]: embedding } });
}

/** What the map needs of a ready node. */
export function loadMap(context: Context, { id, laid_out }: Node): void {
  const state = context.store.state();
  const path = { node_id: id };
  const against = againstOf(state);
  const key = comparedKey(id, against);
  ask(
    context,
    `compared:${key}`,
    () => call("get", "/api/nodes/{node_id}/samples", { path, query: { change: "all", limit: ALL, against } }),
    (now, samples) => withServer(now, { compared: { ...now.server.compared, [key]: samples } }),
  );
  if (!laid_out && isWanted(state, id)) layOutLikeParent(context, id);
  if (laid_out)
    ask(context, `embedding:${id}`, () => call("get", "/api/nodes/{node_id}/embedding", { path }), takeLayout);
  if (state.choice.sample !== null) loadSample(context, id, against, state.choice.sample);
}

/** Its samples would continue a map that is there: in sight, nobody's request is needed. One at a time, or skimming the tree would queue many. */
function isWanted(state: State, id: number): boolean {
  const { server, choice } = state;
  const isInSight = choice.panel === null || choice.panel === "filters";
  const mayAsk = server.visitor !== null && !isReadOnly(state);
  const isFree = !activeJobs(state).some(({ kind }) => kind === "embedding");
  return isInSight && mayAsk && isFree && lineage(server.nodes, id).some((one) => one.laid_out);
}

/** Once: a layout that was stopped by hand stays stopped. */
function layOutLikeParent(context: Context, id: number): void {
  ask(
    context,
    layoutKey(id),
    () => call("post", "/api/nodes/{node_id}/embedding", { path: { node_id: id } }),
    takeAnswer,
  );
}

const takeAnswer = (state: State, answer: Embedding | Job): State =>
  isLayout(answer) ? takeLayout(state, answer) : withValue(state, "jobs", answer.id, answer);

function loadSample(context: Context, node: number, against: number | null, sample: number): void {
  const key = viewKey(node, against, sample);
  ask(
    context,
    `sample:${key}`,
    () => call("get", "/api/nodes/{node_id}/samples/{sample}", { path: { node_id: node, sample }, query: { against } }),
    (now, view) => withServer(now, { sampleViews: { ...now.server.sampleViews, [key]: view } }),
  );
}
