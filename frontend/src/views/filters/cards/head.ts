/** Over the cards: which layer, how many of it go, in what order. */
import { fitText, formatOutOf, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { FILTER_SORTS, parseFilterSort, type FilterSort } from "../../../state/choice";

export interface HeadData {
  readonly layers: readonly string[];
  readonly layer: string;
  readonly removed: number;
  readonly filters: number;
  readonly sort: FilterSort;
  /** The criterion on the x axis. */
  readonly scoreTitle: string;
  /** Pixels of the row. */
  readonly width: number;
}

export interface HeadCallbacks {
  onLayer(layer: string): void;
  onSort(sort: FilterSort): void;
}

export function drawListHead(row: Box, data: HeadData, { onLayer, onSort }: HeadCallbacks): void {
  drawSelect(
    row,
    "layer",
    data.layers.map((layer) => [layer, layer]),
    data.layer,
    onLayer,
  ).attr("aria-label", "Layer");
  const { sorts, sort: shown } = listSorts(data);
  const counted = formatOutOf(data.removed, data.filters);
  const room = data.width - AROUND_ROW - widthOf(data.layers) - widthOf(sorts.map(([, text]) => text));
  ensureElement(row, "span", "removed")
    .attr("data-testid", "layer-removed")
    .text(fitText([`${counted} removed`, counted], room))
    .attr("title", "filters of the layer that the plan removes");
  ensureElement(row, "span", "grow");
  drawSelect(row, "sort", sorts, shown, (sort) => onSort(sort as FilterSort)).attr(
    "aria-label",
    "Order of the filters",
  );
}

/** Ends of the row and gaps; room around the words of a list. */
const [AROUND_ROW, AROUND_LIST] = [40, 30];

/** A list is as wide as its longest line. */
const widthOf = (lines: readonly string[]): number => AROUND_LIST + Math.max(0, ...lines.map(textWidth));

/** Where the x axis shows sensitivity, that is the score. */
function listSorts({ scoreTitle, sort }: HeadData): { sorts: readonly Option[]; sort: FilterSort } {
  const isScore = scoreTitle === "sensitivity";
  const title = (one: FilterSort): string => {
    const { by, isDown } = parseFilterSort(one);
    return `by ${by === "score" ? scoreTitle : by} ${isDown ? "↓" : "↑"}`;
  };
  const open = FILTER_SORTS.filter((one) => !isScore || parseFilterSort(one).by !== "sensitivity");
  return {
    sorts: open.map((one) => [one, title(one)]),
    sort: isScore ? (sort.replace("sensitivity", "score") as FilterSort) : sort,
  };
}

type Option = readonly [string, string];

function drawSelect(
  row: Box,
  name: string,
  options: readonly Option[],
  value: string,
  onPick: (value: string) => void,
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
  select.on("change", () => onPick(node.value));
  return select;
}
