/** Draws, in a dialog, the progress of the job that was started from it. */
import type { Job } from "../../../api/values";
import { ensureElement, type Box } from "../../../marks/elements";

export function drawJobProgress(content: Box, job: Job | undefined): void {
  const line = ensureElement(content, "div", "progress")
    .attr("hidden", job ? null : "")
    .attr("role", "status");
  const text = job?.state === "waiting" ? "Waiting for a worker…" : `${job?.message ?? ""} …`;
  ensureElement(line, "span", "message").text(job ? text : "");
  const share = Math.round((job?.progress ?? 0) * 100);
  const progressTrack = ensureElement(line, "span", "track")
    .attr("role", "progressbar")
    .attr("aria-label", "Progress, %")
    .attr("aria-valuenow", share);
  ensureElement(progressTrack, "i", "done").style("width", `${share}%`);
}
