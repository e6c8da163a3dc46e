/** The menu in the top bar that lists the experiments. */
import type { Experiment } from "../../api/values";
import type { Box } from "../../marks/elements";

export interface ExperimentCallbacks {
  chooseExperiment(id: number): void;
  openNewExperimentDialog(): void;
  openBundleDialog(id: number): void;
  openUnbundleDialog(): void;
  saveReport(id: number): void;
  openDeleteExperimentDialog(id: number): void;
}

interface MenuItem {
  readonly value: string;
  readonly text: string;
  readonly checked: boolean;
  readonly danger: boolean;
}

export function drawExperiments(
  top: Box,
  { experiments, experiment }: { experiments: readonly Experiment[]; experiment: Experiment | null },
  callbacks: ExperimentCallbacks,
): void {
  const menu = top
    .selectAll<HTMLElement, null>(":scope > wa-dropdown.experiments")
    .data([null])
    .join((enter) => {
      const dropdown = enter.append<HTMLElement>("wa-dropdown").attr("class", "experiments");
      const button = dropdown
        .append("button")
        .attr("slot", "trigger")
        .attr("type", "button")
        .attr("class", "pick bare");
      button.attr("title", "Experiments").attr("data-testid", "experiments").append("b");
      return dropdown;
    });
  menu.select("button b").text(experiment?.name ?? "No experiment");
  const items = menu
    .selectAll<HTMLElement, MenuItem>(":scope > wa-dropdown-item")
    .data(listMenuItems(experiments, experiment), (item) => item.value)
    .join("wa-dropdown-item")
    .order()
    .attr("value", (item) => item.value)
    .attr("type", (item) => (/^\d/.test(item.value) ? "checkbox" : null))
    .attr("checked", (item) => (item.checked ? "" : null))
    .attr("variant", (item) => (item.danger ? "danger" : null))
    .text((item) => item.text);
  menu.on("wa-select", (event: CustomEvent<{ item: { value: string } }>) => {
    event.preventDefault(); // the State, not the menu, decides which item is checked
    items.property("checked", (item) => item.checked);
    runCommand(event.detail.item.value, experiment, callbacks);
    (event.target as HTMLElement & { open: boolean }).open = false;
  });
}

function listMenuItems(experiments: readonly Experiment[], chosen: Experiment | null): readonly MenuItem[] {
  const items: MenuItem[] = experiments.map(({ id, name }) => ({
    value: String(id),
    text: name,
    checked: id === chosen?.id,
    danger: false,
  }));
  items.push(createCommandItem("new", "New experiment…"), createCommandItem("unbundle", "Open a bundle…"));
  if (chosen) {
    items.push(
      createCommandItem("bundle", "Save experiment as bundle…"),
      createCommandItem("report", "Save report as HTML"),
    );
    items.push({ ...createCommandItem("delete", `Delete “${chosen.name}”…`), danger: true });
  }
  return items;
}

const createCommandItem = (value: string, text: string): MenuItem => ({ value, text, checked: false, danger: false });

function runCommand(value: string, chosen: Experiment | null, callbacks: ExperimentCallbacks): void {
  if (value === "new") callbacks.openNewExperimentDialog();
  else if (value === "unbundle") callbacks.openUnbundleDialog();
  else if (value === "bundle" && chosen) callbacks.openBundleDialog(chosen.id);
  else if (value === "report" && chosen) callbacks.saveReport(chosen.id);
  else if (value === "delete" && chosen) callbacks.openDeleteExperimentDialog(chosen.id);
  else callbacks.chooseExperiment(Number(value));
}
