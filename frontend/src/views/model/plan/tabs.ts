/** The drafts of the node as tabs: one is chosen, more than fit scroll. */
import type { Box } from "../../../marks/part";
import type { PlanCallbacks, PlanData, Tab } from "./planData";

/** One tab stop; arrow keys go through the drafts. */
export function drawTabs(
  box: Box,
  { tabs, isClosed }: Pick<PlanData, "tabs" | "isClosed">,
  callbacks: PlanCallbacks,
): void {
  const buttons = box
    .attr("role", "tablist")
    .attr("aria-label", "Drafts")
    .selectAll<HTMLButtonElement, Tab>("button")
    .data(tabs, (tab) => tab.key)
    .join("button")
    .attr("type", "button")
    .attr("role", "tab")
    .attr("aria-selected", (tab) => tab.isChosen)
    .attr("tabindex", (tab) => (tab.isChosen ? 0 : -1))
    .attr("title", (tab) => tab.title)
    .text((tab) => tab.text)
    .on("click", (_, tab) => callbacks.onTab(tab.key))
    .on("dblclick", () => {
      if (!isClosed) callbacks.onRename(); // the first of the two clicks has chosen it
    });
  buttons.on("keydown", (event: KeyboardEvent, tab) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = step && tabs[tabs.indexOf(tab) + step];
    if (!next) return;
    event.preventDefault();
    callbacks.onTab(next.key);
    buttons
      .filter((one) => one.key === next.key)
      .node()
      ?.focus();
  });
}

/** Scrolls once after another draft is chosen or the room has changed; a person's own scrolling stays. */
export function showChosen(box: Box, { tabs, width, enlarged }: Pick<PlanData, "tabs" | "width" | "enlarged">): void {
  const node = box.node()!;
  const shown = [tabs.find((tab) => tab.isChosen)?.key, tabs.length, width, enlarged].join(" ");
  if (node.dataset.shown === shown) return;
  node.dataset.shown = shown;
  const { offsetLeft = 0, offsetWidth = 0 } = box.select<HTMLElement>("[aria-selected=true]").node() ?? {};
  node.scrollLeft = offsetLeft - node.offsetLeft - (node.clientWidth - offsetWidth) / 2;
  markEnds(node);
  box.on("scroll", () => markEnds(node));
}

/** The side where more tabs are hidden fades. */
function markEnds(node: HTMLElement): void {
  node.classList.toggle("more-before", node.scrollLeft > 1);
  node.classList.toggle("more-after", node.scrollLeft + node.clientWidth < node.scrollWidth - 1);
}
