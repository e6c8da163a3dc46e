/** The fixed structure of the page, which is created once: top bar, four panels, status bar. */
import { select } from "d3-selection";
import type { Box } from "../../marks/elements";
import type { Panel } from "../panel";

export interface PageFrame {
  readonly top: Box;
  readonly main: Box;
  readonly status: Box;
  readonly dialogs: Box;
  readonly panels: ReadonlyMap<Panel["id"], Box>;
}

export function makePageFrame(root: HTMLElement, panels: readonly Panel[]): PageFrame {
  const page = select(root);
  const top = page.append<HTMLElement>("header").attr("class", "top").attr("aria-label", "Experiment and jobs");
  const main = page.append<HTMLElement>("main");
  const status = page.append<HTMLElement>("footer").attr("class", "status").attr("aria-label", "Status");
  const dialogs = page.append<HTMLElement>("div").attr("class", "dialogs");
  const panelSections = panels.map((panel) => [panel.id, makePanel(main, panel)] as const);
  return { top, main, status, dialogs, panels: new Map(panelSections) };
}

function makePanel(main: Box, panel: Panel): Box {
  const section = main.append<HTMLElement>("section").attr("class", "panel").attr("id", panel.id);
  section.attr("tabindex", -1).attr("aria-labelledby", `${panel.id}-title`).attr("data-testid", `panel-${panel.id}`);
  const head = section.append("div").attr("class", "head");
  head.append("h2").attr("id", `${panel.id}-title`).text(panel.title);
  head.append("span").attr("class", "sub");
  head.append("span").attr("class", "grow");
  head
    .append("span")
    .attr("class", "back sub")
    .attr("hidden", "")
    .html("<kbd>[</kbd> <kbd>]</kbd> node &ensp;<kbd>Esc</kbd> back");
  head.append("span").attr("class", "tools");
  section.append("div").attr("class", "body");
  return section;
}
