/** Draws the head of a panel: its subtitle, its tools, and the buttons that save its charts and enlarge it. */
import type { Box } from "../../marks/elements";
import { icon, type IconName } from "../../marks/icons";
import type { Chart, Panel, PanelTool } from "../panel";
import { drawToolMenus } from "./menus";

export interface PanelHeaderData {
  readonly panel: Panel;
  readonly subtitle: string;
  readonly tools: readonly PanelTool[];
  readonly isEnlarged: boolean;
}

export interface PanelHeaderCallbacks {
  onRunTool(tool: Pick<PanelTool, "run">): void;
  onEnlargePanel(): void;
  onSaveChart(chart: Chart, format: SaveFormat): void;
}

export type SaveFormat = "svg" | "png" | "csv";

interface HeaderButton {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly pressed: boolean | null;
  readonly disabled: boolean;
  run(): void;
}

export function drawPanelHeader(section: Box, data: PanelHeaderData, callbacks: PanelHeaderCallbacks): void {
  const head = section.select<HTMLElement>(".head");
  head.select(".sub").text(data.subtitle).attr("title", data.subtitle);
  head.select(".back").attr("hidden", data.isEnlarged ? null : "");
  const tools = head.select<HTMLElement>(".tools");
  drawButtons(
    tools,
    "tool",
    data.tools.filter(({ items }) => !items).map((tool) => toolButton(tool, callbacks)),
  );
  drawToolMenus(tools, data.tools, callbacks.onRunTool);
  drawSaveMenu(tools, data.panel, callbacks);
  drawButtons(tools, "size", [enlargeButton(data, callbacks)]);
}

const toolButton = (tool: PanelTool, { onRunTool: onRun }: PanelHeaderCallbacks): HeaderButton => ({
  ...tool,
  pressed: tool.pressed ?? null,
  disabled: tool.disabled ?? false,
  run: () => onRun(tool),
});

const enlargeButton = (
  { panel, isEnlarged }: PanelHeaderData,
  { onEnlargePanel: onEnlarge }: PanelHeaderCallbacks,
): HeaderButton => ({
  id: `enlarge-${panel.id}`,
  icon: isEnlarged ? "back" : "enlarge",
  title: isEnlarged ? `Back to all panels (Esc)` : `Enlarge ${panel.title} (E)`,
  pressed: null,
  disabled: false,
  run: onEnlarge,
});

function drawButtons(parent: Box, kind: string, buttons: readonly HeaderButton[]): void {
  parent
    .selectAll<HTMLButtonElement, HeaderButton>(`:scope > button.${kind}`)
    .data(buttons, (button) => button.id)
    .join((enter) => enter.append("button").attr("class", `icon ${kind}`).attr("type", "button"))
    .attr("data-testid", (button) => button.id)
    .attr("title", (button) => button.title)
    .attr("aria-label", (button) => button.title)
    .attr("aria-pressed", (button) => (button.pressed === null ? null : String(button.pressed)))
    .attr("disabled", (button) => (button.disabled ? "" : null))
    .on("click", (_, button) => button.run())
    .each(function (button) {
      if (this.dataset.icon === button.icon) return;
      this.dataset.icon = button.icon;
      this.innerHTML = icon(button.icon);
    });
}

/** Draws a menu with one entry for each chart and each file format; the entry saves the chart in that format. */
function drawSaveMenu(parent: Box, panel: Panel, { onSaveChart: onSave }: PanelHeaderCallbacks): void {
  const menu = parent
    .selectAll<HTMLElement, Panel>(":scope > wa-dropdown.save")
    .data(panel.charts.length > 0 ? [panel] : [])
    .join((enter) => {
      const dropdown = enter.append<HTMLElement>("wa-dropdown").attr("class", "save").attr("placement", "bottom-end");
      const title = `Save the charts of “${panel.title}” as SVG, PNG or CSV`;
      const menuButton = dropdown.append("button").attr("class", "icon").attr("slot", "trigger").attr("type", "button");
      menuButton
        .attr("title", title)
        .attr("aria-label", title)
        .attr("data-testid", `save-${panel.id}`)
        .html(icon("save"));
      return dropdown;
    });
  const items = panel.charts.flatMap((chart) => FORMATS.map((format) => ({ chart, format })));
  menu
    .selectAll<HTMLElement, (typeof items)[number]>(":scope > wa-dropdown-item")
    .data(items, ({ chart, format }) => `${chart.name}.${format}`)
    .join("wa-dropdown-item")
    .attr("value", ({ chart, format }) => `${chart.name}.${format}`)
    .text(({ chart, format }) => `${chart.title}, ${format.toUpperCase()}`);
  menu.on("wa-select", (event: CustomEvent<{ item: { value: string } }>) => {
    const chosen = items.find(({ chart, format }) => `${chart.name}.${format}` === event.detail.item.value);
    if (chosen) onSave(chosen.chart, chosen.format);
  });
}

const FORMATS: readonly SaveFormat[] = ["svg", "png", "csv"];
