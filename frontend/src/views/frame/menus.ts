/** Draws the buttons in a panel's toolbar that open a menu instead of running an action. */
import { select } from "d3-selection";
import { icon } from "../../marks/icons";
import { ensureElement, type Box } from "../../marks/elements";
import type { PanelTool, ToolMenuItem } from "../panel";

export function drawToolMenus(
  box: Box,
  panelTools: readonly PanelTool[],
  onRunTool: (tool: Pick<PanelTool, "run">) => void,
): void {
  box
    .selectAll<HTMLElement, PanelTool>(":scope > wa-dropdown.menu")
    .data(
      panelTools.filter(({ items }) => items),
      ({ id }) => id,
    )
    .join((enter) => enter.append<HTMLElement>("wa-dropdown").attr("class", "menu").attr("placement", "bottom-end"))
    .each(function (tool) {
      drawMenu(select<HTMLElement, unknown>(this), tool);
    })
    .on("wa-select", (event: CustomEvent<{ item: { value: string } }>, { items = [] }) => {
      const chosen = items.find(({ id }) => id === event.detail.item.value);
      if (chosen) onRunTool(chosen);
    });
}

function drawMenu(menu: Box, { id, icon: name, title, disabled, items = [] }: PanelTool): void {
  const menuButton = ensureElement(menu, "button", "icon");
  if (!menuButton.node()!.firstChild)
    menuButton.html(icon(name)).attr("slot", "trigger").attr("type", "button").attr("data-testid", id);
  menuButton
    .attr("title", title)
    .attr("aria-label", title)
    .attr("disabled", disabled ? "" : null);
  menu
    .selectAll<HTMLElement, ToolMenuItem>(":scope > wa-dropdown-item")
    .data(items, (item) => item.id)
    .join("wa-dropdown-item")
    .attr("value", (item) => item.id)
    .attr("data-testid", (item) => item.id)
    .attr("disabled", (item) => (item.disabled ? "" : null))
    .text(({ text }) => text);
}
