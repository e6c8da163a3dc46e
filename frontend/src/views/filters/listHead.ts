/** Over the cards: which layer, how many of it go, in what order. */
import { formatOf } from "../../marks/format";
import { part, type Box } from "../../marks/part";
import { FILTER_SORTS, type FilterSort } from "../../state/choice";

export interface HeadData {
  readonly layers: readonly string[];
  readonly layer: string;
  readonly removed: number;
  readonly filters: number;
  readonly sort: FilterSort;
  /** What "sensitivity" is under the chosen criterion. */
  readonly scoreTitle: string;
}

export interface HeadCallbacks {
  onLayer(layer: string): void;
  onSort(sort: FilterSort): void;
}

export function drawListHead(row: Box, data: HeadData, { onLayer, onSort }: HeadCallbacks): void {
  const titles: Record<FilterSort, string> = {
    number: "by number ↑",
    sensitivity: `by ${data.scoreTitle} ↑`,
    instability: "by instability ↑",
    activation: "by activation ↓",
  };
  drawSelect(row, "layer", data.layers.map((layer) => [layer, layer]), data.layer, onLayer).attr("aria-label", "Layer");
  part(row, "span", "removed").attr("data-testid", "layer-removed").text(`${formatOf(data.removed, data.filters)} removed`).attr("title", "filters of the layer that the plan removes");
  part(row, "span", "grow");
  const sorts = FILTER_SORTS.map((sort) => [sort, titles[sort]] as const);
  drawSelect(row, "sort", sorts, data.sort, (sort) => onSort(sort as FilterSort)).attr("aria-label", "Order of the filters");
}

type Option = readonly [string, string];

function drawSelect(row: Box, name: string, options: readonly Option[], value: string, onPick: (value: string) => void) {
  const select = part(row, "select", name).attr("data-testid", `filters-${name}`);
  select
    .selectAll<HTMLOptionElement, Option>("option")
    .data(options, ([key]) => key)
    .join("option")
    .order()
    .attr("value", ([key]) => key)
    .text(([, text]) => text);
  const node = select.node() as unknown as HTMLSelectElement;
  if (node.value !== value) node.value = value;
  select.on("change", () => onPick(node.value));
  return select;
}
