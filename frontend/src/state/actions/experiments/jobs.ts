/** Cancels jobs. */
import { call } from "../../../api/client";
import { withServerValue } from "../../changes/patches";
import { tryOrNotify, type Context } from "../context";

export function createJobActions(context: Context) {
  const cancelJob = async (id: number): Promise<void> => {
    const job = await tryOrNotify(context, () => call("post", "/api/jobs/{job_id}/cancel", { path: { job_id: id } }));
    if (job) context.store.dispatch((state) => withServerValue(state, "jobs", id, job));
  };
  return { cancelJob: (id: number) => void cancelJob(id) };
}
