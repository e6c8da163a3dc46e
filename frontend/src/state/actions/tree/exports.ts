/** Exports a node as a file, measures its latency, and measures its accuracy on the test split (only once per node). */
import { call } from "../../../api/client";
import type { Export, Job } from "../../../api/values";
import { withScreen, withServerValue } from "../../changes/patches";
import { jobsOfNode } from "../../selectors/select";
import { fetchOnce, type Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

export function createExportActions(context: Context) {
  const { dispatch } = context.store;
  const addJob = (job: Job | null): void => {
    if (job) dispatch((state) => withServerValue(state, "jobs", job.id, job));
  };
  return {
    openExportDialog: (node: number) =>
      dispatch((state) =>
        withScreen(state, { dialog: { kind: "export", node, format: "safetensors", error: null, isSending: false } }),
      ),
    chooseFormat: (format: Export["format"]) =>
      dispatch((state) => {
        const { dialog } = state.screen;
        return dialog?.kind === "export" ? withScreen(state, { dialog: { ...dialog, format, error: null } }) : state;
      }),
    makeExport: (node: number, format: Export["format"]) =>
      void sendFromDialog(context, "export", () =>
        call("post", "/api/nodes/{node_id}/export", { path: { node_id: node }, query: { format } }),
      ).then(addJob),
    measureLatency: (node: number, batch: number) =>
      void sendFromDialog(context, "measure", () =>
        call("post", "/api/nodes/{node_id}/latencies", { path: { node_id: node }, query: { batch } }),
      ).then(addJob),
    measureTest: (node: number, dialogKind: "export" | "measure") =>
      void sendFromDialog(context, dialogKind, () =>
        call("post", "/api/nodes/{node_id}/test", { path: { node_id: node } }),
      ).then(addJob),
  };
}

/** Loads the exports of the node whose export dialog is open, and loads them again whenever an export has finished. */
export function loadExports(context: Context): void {
  const state = context.store.state();
  const { dialog } = state.screen;
  if (dialog?.kind !== "export") return;
  const { node } = dialog;
  const finishedExportCount = jobsOfNode(state, node, "export").filter((job) => job.state === "done").length;
  fetchOnce(
    context,
    `exports:${node}:${finishedExportCount}`,
    () => call("get", "/api/nodes/{node_id}/exports", { path: { node_id: node } }),
    (latestState, exports) => withServerValue(latestState, "exports", node, exports),
  );
}
