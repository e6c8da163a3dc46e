/** Shows visitors who came through a link what the link allows, and a button to sign out. */
import type { Visitor } from "../../api/values";
import { ensureElement, type Box } from "../../marks/elements";

const describeVisitor = ({ mode }: Visitor): string => (mode === "read" ? "Can view" : "Can edit");

export function drawVisitor(box: Box, visitor: Visitor | null, onSignOut: () => void): void {
  const isLinkVisitor = visitor?.kind === "link";
  box
    .attr("hidden", isLinkVisitor ? null : "")
    .attr("role", "group")
    .attr("aria-label", "Your access")
    .attr("data-testid", "visitor");
  if (!isLinkVisitor) return;
  const weights = visitor.may_export ? "Weights can be exported." : "Weights cannot be exported.";
  const changes =
    visitor.mode === "read" ? "Changes are not saved." : "Everyone who has this tree open sees your changes.";
  box.attr(
    "title",
    `You opened this tree through a shared link${visitor.name ? ` (${visitor.name})` : ""}. ${changes} ${weights}`,
  );
  ensureElement(box, "span", "access").text(describeVisitor(visitor));
  ensureElement(box, "button", "btn leave")
    .attr("type", "button")
    .attr("data-testid", "leave")
    .text("Leave")
    .on("click", onSignOut);
}
