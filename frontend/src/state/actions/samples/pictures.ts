/**
 * Loads the pictures of filters: only the blocks around the visible cards, at most two at a time. If no sample is
 * chosen, loads mean feature maps instead.
 */
import { call } from "../../../api/client";
import type { FilterPictures, Node } from "../../../api/values";
import {
  BLOCK_SIZE,
  layerCards,
  layerKey,
  neededBlockOffsets,
  picturesKey,
  type LayerCards,
} from "../../selectors/filterCards";
import { parseFilterSort } from "../../choice";
import { withServer } from "../../changes/patches";
import type { State } from "../../state";
import { fetchOnce, forgetRequests, type Context } from "../context";

const MAX_PENDING_PICTURE_BLOCKS = 2;
/** Maximum number of blocks that the page caches; the server stores all blocks. */
const MAX_CACHED_PICTURE_BLOCKS = 192;

export function loadFilterPictures(context: Context, { id }: Node): void {
  const state = context.store.state();
  const cards = layerCards(state);
  if (!cards) return;
  const { sample, filterSort, filter } = state.choice;
  if (sample !== null) loadPictures(context, id, sample, cards);
  if (sample === null || parseFilterSort(filterSort).by === "activation" || filter !== null)
    loadMeanFeatureMaps(context, id, cards.layer);
}

function loadPictures(context: Context, node: number, sample: number, cards: LayerCards): void {
  const prefix = `pictures:${node}:${sample}:${cards.layer}:`;
  forgetOtherBlocks(context, prefix);
  for (const offset of neededBlockOffsets(context.store.state(), cards)) {
    if (countPendingBlocks(context.store.state()) >= MAX_PENDING_PICTURE_BLOCKS) return;
    const key = picturesKey(node, sample, cards.layer, offset);
    const path = { node_id: node, sample };
    const query = { layer: cards.layer, offset, limit: BLOCK_SIZE };
    fetchOnce(
      context,
      `pictures:${key}`,
      () => call("get", "/api/nodes/{node_id}/samples/{sample}/filters", { path, query }),
      (state, block) => addPictureBlock(state, key, block),
    );
  }
}

/** Forgets pending requests for blocks that belong to other samples or layers. */
function forgetOtherBlocks({ store }: Context, prefix: string): void {
  const isOtherPendingBlock = (key: string): boolean =>
    key.startsWith("pictures:") && !key.startsWith(prefix) && store.state().screen.requests[key]?.state === "pending";
  if (Object.keys(store.state().screen.requests).some(isOtherPendingBlock))
    store.dispatch(forgetRequests(isOtherPendingBlock));
}

const countPendingBlocks = ({ screen }: State): number =>
  Object.entries(screen.requests).filter(([key, { state }]) => key.startsWith("pictures:") && state === "pending")
    .length;

/** Adds a block. If the maximum number of blocks is exceeded, drops the oldest blocks; these may be requested again. */
function addPictureBlock(state: State, key: string, block: FilterPictures): State {
  const blocks = [...Object.entries(state.server.pictures), [key, block] as const];
  const droppedRequestKeys = new Set(
    blocks.slice(0, Math.max(0, blocks.length - MAX_CACHED_PICTURE_BLOCKS)).map(([old]) => `pictures:${old}`),
  );
  const updatedState = withServer(state, { pictures: Object.fromEntries(blocks.slice(-MAX_CACHED_PICTURE_BLOCKS)) });
  return droppedRequestKeys.size
    ? forgetRequests((request) => droppedRequestKeys.has(request))(updatedState)
    : updatedState;
}

function loadMeanFeatureMaps(context: Context, node: number, layer: string): void {
  const key = layerKey(node, layer);
  fetchOnce(
    context,
    `means:${key}`,
    () => call("get", "/api/nodes/{node_id}/layers/{layer}/filters", { path: { node_id: node, layer } }),
    (state, filters) => withServer(state, { layerFilters: { ...state.server.layerFilters, [key]: filters } }),
  );
}
