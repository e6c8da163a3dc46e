/** Loads the samples in the chosen cell of the confusion matrix or, if no cell is chosen, the misclassified samples. */
import { call } from "../../../api/client";
import { withServer } from "../../changes/patches";
import { samplesKey } from "../../selectors/select";
import type { Choice } from "../../choice";
import { fetchOnce, type Context } from "../context";

const PAGE_SIZE = 200;

export function loadSamples(context: Context, node: number): void {
  const { choice } = context.store.state();
  const key = samplesKey(node, choice);
  const query = { ...sampleQuery(choice), limit: PAGE_SIZE };
  fetchOnce(
    context,
    `samples:${key}`,
    () => call("get", "/api/nodes/{node_id}/samples", { path: { node_id: node }, query }),
    (state, samples) => withServer(state, { samples: { ...state.server.samples, [key]: samples } }),
  );
}

function sampleQuery({ cell }: Choice) {
  return cell ? { label: cell.label, predicted: cell.predicted } : { change: "wrong" as const };
}
