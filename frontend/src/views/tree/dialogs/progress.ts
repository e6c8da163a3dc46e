/** How far a job of a dialog is. */
import type { Job } from "../../../api/values";
import { part, type Box } from "../../../marks/part";

export function drawProgress(content: Box, job: Job | undefined): void {
  const line = part(content, "div", "progress")
    .attr("hidden", job ? null : "")
    .attr("role", "status");
  const text = job?.state === "waiting" ? "Waiting for its turn…" : `${job?.message ?? ""} …`;
  part(line, "span", "what").text(job ? text : "");
  const share = Math.round((job?.progress ?? 0) * 100);
  const track = part(line, "span", "track")
    .attr("role", "progressbar")
    .attr("aria-label", "Progress, %")
    .attr("aria-valuenow", share);
  part(track, "i", "done").style("width", `${share}%`);
}
