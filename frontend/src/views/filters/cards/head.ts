/** The toolbar above the cards: the layer, how many of its filters are removed, and the order of the cards. */
import { fitText, formatCountOfTotal, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { FILTER_SORTS, parseFilterSort, type FilterSort } from "../../../state/choice";

export interface ListHeaderData {
  readonly layers: readonly string[];
  readonly layer: string;
  readonly removed: number;
  readonly filters: number;
  readonly sort: FilterSort;
  /** Title of the chosen criterion. */
  readonly scoreTitle: string;
  /** Width of the toolbar, in pixels. */
  readonly width: number;
}

export interface ListHeaderCallbacks {
  onChooseLayer(layer: string): void;
  onChooseSort(sort: FilterSort): void;
}

export function drawListHeader(
  row: Box,
  data: ListHeaderData,
  { onChooseLayer, onChooseSort }: ListHeaderCallbacks,
): void {
  drawSelect(
    row,
    "layer",
    data.layers.map((layer) => [layer, layer]),
    data.layer,
    onChooseLayer,
  ).attr("aria-label", "Layer");
  const { sortOptions, sort: chosenSort } = listSortOptions(data);
  const countText = formatCountOfTotal(data.removed, data.filters);
  const availableWidth =
    data.width - TOOLBAR_PADDING - widthOfSelect(data.layers) - widthOfSelect(sortOptions.map(([, text]) => text));
  ensureElement(row, "span", "removed")
    .attr("data-testid", "layer-removed")
    .text(fitText([`${countText} removed`, countText], availableWidth))
    .attr("title", "Filters of this layer that the plan removes");
  ensureElement(row, "span", "grow");
  drawSelect(row, "sort", sortOptions, chosenSort, (sort) => onChooseSort(sort as FilterSort)).attr(
    "aria-label",
    "Filter order",
  );
}

/**
 * Width of padding and gaps, in addition to the texts, in the toolbar and in each of its drop-down lists, in pixels.
 */
const [TOOLBAR_PADDING, SELECT_PADDING] = [40, 30];

/** Returns the width of a drop-down list, in pixels, which is determined by its longest option. */
const widthOfSelect = (options: readonly string[]): number => SELECT_PADDING + Math.max(0, ...options.map(textWidth));

/**
 * Returns the options of the drop-down list for the order of the cards, and the chosen option. If the score on the x
 * axis is the sensitivity, “sensitivity” is not listed a second time.
 */
function listSortOptions({ scoreTitle, sort }: ListHeaderData): { sortOptions: readonly Option[]; sort: FilterSort } {
  const isSensitivityScore = scoreTitle === "sensitivity";
  const title = (order: FilterSort): string => {
    const { by, isDescending } = parseFilterSort(order);
    return `by ${by === "score" ? scoreTitle : by} ${isDescending ? "↓" : "↑"}`;
  };
  const availableSortOrders = FILTER_SORTS.filter(
    (order) => !isSensitivityScore || parseFilterSort(order).by !== "sensitivity",
  );
  return {
    sortOptions: availableSortOrders.map((order) => [order, title(order)]),
    sort: isSensitivityScore ? (sort.replace("sensitivity", "score") as FilterSort) : sort,
  };
}

type Option = readonly [string, string];

function drawSelect(
  row: Box,
  name: string,
  options: readonly Option[],
  value: string,
  onChooseOption: (value: string) => void,
) {
  const select = ensureElement(row, "select", name).attr("data-testid", `filters-${name}`);
  select
    .selectAll<HTMLOptionElement, Option>("option")
    .data(options, ([key]) => key)
    .join("option")
    .order()
    .attr("value", ([key]) => key)
    .text(([, text]) => text);
  const node = select.node() as unknown as HTMLSelectElement;
  if (node.value !== value) node.value = value;
  select.on("change", () => onChooseOption(node.value));
  return select;
}
