/** Who is here by a link sees what it allows, and can leave. */
import type { Visitor } from "../../api/values";
import { ensureElement, type Box } from "../../marks/part";

const describeVisitor = ({ mode }: Visitor): string => (mode === "read" ? "Looking only" : "Editing by link");

export function drawVisitor(box: Box, visitor: Visitor | null, onLeave: () => void): void {
  const hasLink = visitor?.kind === "link";
  box
    .attr("hidden", hasLink ? null : "")
    .attr("role", "group")
    .attr("aria-label", "How you are here")
    .attr("data-testid", "visitor");
  if (!hasLink) return;
  const weights = visitor.may_export ? "weights may be taken away" : "weights stay here";
  const kept =
    visitor.mode === "read" ? "nothing that you try is kept" : "what you do is seen by all who have this tree open";
  box.attr("title", `You are here by a link${visitor.name ? ` (${visitor.name})` : ""}: ${kept}, ${weights}.`);
  ensureElement(box, "span", "what").text(describeVisitor(visitor));
  ensureElement(box, "button", "btn leave")
    .attr("type", "button")
    .attr("data-testid", "leave")
    .text("Leave")
    .on("click", onLeave);
}
