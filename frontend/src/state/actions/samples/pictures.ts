/** Pictures of filters: blocks that are in sight, two on the way at a time; without a sample, mean feature maps. */
import { call } from "../../../api/client";
import type { FilterPictures, Node } from "../../../api/values";
import { BLOCK, layerCards, layerKey, neededBlocks, picturesKey, type LayerCards } from "../../selectors/filterCards";
import { partsOf } from "../../choice";
import { withServer } from "../../changes/patches";
import type { State } from "../../state";
import { ask, forget, type Context } from "../context";

const AT_ONCE = 2;
/** Blocks kept in the page; the server has them all. */
const KEPT = 192;

export function loadFilters(context: Context, { id }: Node): void {
  const state = context.store.state();
  const cards = layerCards(state);
  if (!cards) return;
  const { sample, filterSort, filter } = state.choice;
  if (sample !== null) loadPictures(context, id, sample, cards);
  if (sample === null || partsOf(filterSort).by === "activation" || filter !== null)
    loadMeans(context, id, cards.layer);
}

function loadPictures(context: Context, node: number, sample: number, cards: LayerCards): void {
  const prefix = `pictures:${node}:${sample}:${cards.layer}:`;
  dropOthers(context, prefix);
  for (const offset of neededBlocks(context.store.state(), cards)) {
    if (underWay(context.store.state()) >= AT_ONCE) return;
    const key = picturesKey(node, sample, cards.layer, offset);
    const path = { node_id: node, sample };
    const query = { layer: cards.layer, offset, limit: BLOCK };
    ask(
      context,
      `pictures:${key}`,
      () => call("get", "/api/nodes/{node_id}/samples/{sample}/filters", { path, query }),
      (state, block) => takeBlock(state, key, block),
    );
  }
}

/** What is on its way for another sample or layer is not waited for; asked for again, the server has it. */
function dropOthers({ store }: Context, prefix: string): void {
  const isOther = (key: string): boolean =>
    key.startsWith("pictures:") && !key.startsWith(prefix) && store.state().screen.questions[key]?.state === "asked";
  if (Object.keys(store.state().screen.questions).some(isOther)) store.dispatch(forget(isOther));
}

const underWay = ({ screen }: State): number =>
  Object.entries(screen.questions).filter(([key, { state }]) => key.startsWith("pictures:") && state === "asked")
    .length;

/** The oldest blocks go where there are many, and may be asked for again. */
function takeBlock(state: State, key: string, block: FilterPictures): State {
  const all = [...Object.entries(state.server.pictures), [key, block] as const];
  const gone = new Set(all.slice(0, Math.max(0, all.length - KEPT)).map(([one]) => `pictures:${one}`));
  const kept = withServer(state, { pictures: Object.fromEntries(all.slice(-KEPT)) });
  return gone.size ? forget((one) => gone.has(one))(kept) : kept;
}

function loadMeans(context: Context, node: number, layer: string): void {
  const key = layerKey(node, layer);
  ask(
    context,
    `means:${key}`,
    () => call("get", "/api/nodes/{node_id}/layers/{layer}/filters", { path: { node_id: node, layer } }),
    (state, found) => withServer(state, { layerFilters: { ...state.server.layerFilters, [key]: found } }),
  );
}
