/** The map of samples: its layout, marks, chosen samples and zoom. */
import { call } from "../../../api/client";
import type { Embedding, Job, Node } from "../../../api/values";
import { comparedNodeParameter, comparedSamplesKey, layoutKey, shownChanges, sampleViewKey } from "../../selectors/map";
import { noSampleChoice, toggleSample } from "../../changes/sampleChoice";
import { withChoice, withoutId, withScreen, withServer, withServerValue } from "../../changes/patches";
import { activeJobs, isReadOnly, lineage } from "../../selectors/select";
import { SAMPLE_CHANGES, type SampleChange } from "../../choice";
import type { State, Zoom } from "../../state";
import { fetchOnce, tryOrNotify, type Context } from "../context";

const MAX_SAMPLES = 20_000;

export function createMapActions(context: Context) {
  const { dispatch, state } = context.store;
  return {
    layOutMap: () => void layOutMap(context, state().choice.node),
    toggleChange: (change: SampleChange) =>
      dispatch((state) => withChoice(state, { changes: withToggledChange(shownChanges(state), change) })),
    compareWith: (against: number | null) => dispatch((state) => withChoice(state, { against })),
    pickSamples: (samples: readonly number[]) =>
      dispatch((state) =>
        withChoice(state, {
          ...noSampleChoice,
          sample: state.choice.sample,
          pickedSamples: samples.length ? samples : null,
        }),
      ),
    toggleSample: (sample: number) =>
      dispatch((state) =>
        withChoice(state, {
          ...noSampleChoice,
          sample,
          pickedSamples: toggleSample(state.choice.pickedSamples, sample),
        }),
      ),
    clearSampleChoice: () => dispatch((state) => withChoice(state, { cell: null, label: null, pickedSamples: null })),
    zoomMap: (zoom: Zoom) => dispatch((state) => withScreen(state, { zoom })),
  };
}

const withToggledChange = (changes: readonly SampleChange[], changeToToggle: SampleChange): readonly SampleChange[] =>
  SAMPLE_CHANGES.filter((change) => changes.includes(change) !== (change === changeToToggle));

async function layOutMap(context: Context, node: number | null): Promise<void> {
  if (node === null) return;
  const response = await tryOrNotify(context, () =>
    call("post", "/api/nodes/{node_id}/embedding", { path: { node_id: node } }),
  );
  if (response) context.store.dispatch((state) => receiveLayoutOrJob(state, response));
}

const isLayout = (response: Embedding | Job): response is Embedding => "perplexity" in response;

/** Stores the finished layout of a map, and removes the frame that was shown while the layout was computed. */
function receiveLayout(state: State, embedding: Embedding): State {
  const frames = withoutId(state.server.frames, embedding.node_id);
  return withServer(state, { frames, embeddings: { ...state.server.embeddings, [embedding.node_id]: embedding } });
}

/** Loads the data that the map of a ready node needs. */
export function loadMap(context: Context, { id, laid_out }: Node): void {
  const state = context.store.state();
  const path = { node_id: id };
  const against = comparedNodeParameter(state);
  const key = comparedSamplesKey(id, against);
  fetchOnce(
    context,
    `compared:${key}`,
    () => call("get", "/api/nodes/{node_id}/samples", { path, query: { change: "all", limit: MAX_SAMPLES, against } }),
    (latest, samples) => withServer(latest, { comparedSamples: { ...latest.server.comparedSamples, [key]: samples } }),
  );
  if (!laid_out && shouldLayOutMap(state, id)) layOutMapFromAncestor(context, id);
  if (laid_out)
    fetchOnce(context, `embedding:${id}`, () => call("get", "/api/nodes/{node_id}/embedding", { path }), receiveLayout);
  if (state.choice.sample !== null) loadSample(context, id, against, state.choice.sample);
}

/**
 * Whether the page should start the layout of a node automatically. This is the case if an ancestor has a layout, the
 * map is visible, and no other layout is being computed; otherwise, browsing the tree would queue many layouts.
 */
function shouldLayOutMap(state: State, id: number): boolean {
  const { server, choice } = state;
  const isVisible = choice.panel === null || choice.panel === "filters";
  const mayRequestLayout = server.visitor !== null && !isReadOnly(state);
  const hasNoLayoutJob = !activeJobs(state).some(({ kind }) => kind === "embedding");
  return (
    isVisible && mayRequestLayout && hasNoLayoutJob && lineage(server.nodes, id).some((ancestor) => ancestor.laid_out)
  );
}

/**
 * Requests a layout of the map that starts from an ancestor's layout, but only once, so that a layout stopped by the
 * user is not restarted.
 */
function layOutMapFromAncestor(context: Context, id: number): void {
  fetchOnce(
    context,
    layoutKey(id),
    () => call("post", "/api/nodes/{node_id}/embedding", { path: { node_id: id } }),
    receiveLayoutOrJob,
  );
}

const receiveLayoutOrJob = (state: State, response: Embedding | Job): State =>
  isLayout(response) ? receiveLayout(state, response) : withServerValue(state, "jobs", response.id, response);

function loadSample(context: Context, node: number, against: number | null, sample: number): void {
  const key = sampleViewKey(node, against, sample);
  fetchOnce(
    context,
    `sample:${key}`,
    () => call("get", "/api/nodes/{node_id}/samples/{sample}", { path: { node_id: node, sample }, query: { against } }),
    (latest, view) => withServer(latest, { sampleViews: { ...latest.server.sampleViews, [key]: view } }),
  );
}
