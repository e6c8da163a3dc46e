/**
 * Converts between the query string and the choice. Only differences from the default are written, so that links stay
 * short.
 */
import { FILTER_SORTS, defaultChoice, PANELS } from "../choice";
import type { Brush, Cell, Choice, ConfusionMatrixMode, ConfusionMatrixSort } from "../choice";
import { readTreeDisplay, writeTreeDisplay } from "./tree";
import { readSampleChanges, readPickedSamples, writeSampleChanges, writePickedSamples } from "./samples";

const CONFUSION_MATRIX_MODES: readonly ConfusionMatrixMode[] = ["count", "row", "delta"];
const CONFUSION_MATRIX_SORTS: readonly ConfusionMatrixSort[] = ["class", "errors", "delta"];

type Params = URLSearchParams;

export function writeChoice(choice: Choice): string {
  const params = new URLSearchParams();
  const write = (name: string, value: string | number | null, defaultValue: string | null = null): void => {
    if (value !== null && value !== defaultValue) params.set(name, String(value));
  };
  write("experiment", choice.experiment);
  write("node", choice.node);
  write("layer", choice.layer);
  write("criterion", choice.criterion, defaultChoice.criterion);
  write("size", choice.size, defaultChoice.size);
  write("agreement", choice.agreement ? 1 : null);
  write("plan", choice.plan);
  write("brush", writeBrush(choice.brush));
  write("sample", choice.sample);
  write("cell", choice.cell && `${choice.cell.label}-${choice.cell.predicted}`);
  write("change", writeSampleChanges(choice.changes));
  write("against", choice.against);
  write("class", choice.label);
  write("picked", writePickedSamples(choice.pickedSamples));
  write("filter", choice.filter);
  write("filters", choice.filterSort, defaultChoice.filterSort);
  write("classes", choice.classes && choice.classes.join("-"));
  write("confusion", choice.confusionMatrixMode, defaultChoice.confusionMatrixMode);
  write("sort", choice.confusionMatrixSort, defaultChoice.confusionMatrixSort);
  writeTreeDisplay(choice.tree, write);
  write("panel", choice.panel);
  const search = params.toString();
  return search ? `?${search}` : "";
}

/** Reads what is chosen on the page (experiment, node, layer, ...) from the query of a link. Invalid values become defaults. */
export function readChoice(search: string): Choice {
  const params = new URLSearchParams(search);
  return {
    experiment: readNumber(params, "experiment"),
    node: readNumber(params, "node"),
    layer: params.get("layer"),
    criterion: params.get("criterion") ?? defaultChoice.criterion,
    size: params.get("size") ?? defaultChoice.size,
    agreement: params.get("agreement") === "1",
    plan: readNumber(params, "plan"),
    brush: readBrush(params.get("brush")),
    sample: readNumber(params, "sample"),
    cell: readCell(params),
    changes: readSampleChanges(params.get("change")),
    against: readNumber(params, "against"),
    label: readNumber(params, "class"),
    pickedSamples: readPickedSamples(params.get("picked")),
    filter: readNumber(params, "filter"),
    filterSort: readAllowedWord(params, "filters", FILTER_SORTS) ?? defaultChoice.filterSort,
    classes: readNumbers(params.get("classes")),
    confusionMatrixMode:
      readAllowedWord(params, "confusion", CONFUSION_MATRIX_MODES) ?? defaultChoice.confusionMatrixMode,
    confusionMatrixSort: readAllowedWord(params, "sort", CONFUSION_MATRIX_SORTS) ?? defaultChoice.confusionMatrixSort,
    tree: readTreeDisplay(params),
    panel: readAllowedWord(params, "panel", PANELS),
  };
}

function readNumber(params: Params, name: string): number | null {
  const text = params.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readNumbers(text: string | null): readonly number[] | null {
  return text !== null && /^\d{1,6}(-\d{1,6})*$/.test(text) ? text.split("-").map(Number) : null;
}

/**
 * Writes the brush as "0.1204_0.5_3_5": its start and end on the x axis, its first row, and the row after its last row.
 */
function writeBrush(brush: Brush | null): string | null {
  return brush && [...brush.x, ...brush.rows].map((value) => Number(value.toFixed(4))).join("_");
}

function readBrush(text: string | null): Brush | null {
  if (text === null || !/^-?\d{1,4}(\.\d+)?(_-?\d{1,4}(\.\d+)?){3}$/.test(text)) return null;
  const [x0, x1, top, bottom] = text.split("_").map(Number) as [number, number, number, number];
  return x0 <= x1 && top < bottom && Number.isInteger(top) && Number.isInteger(bottom)
    ? { x: [x0, x1], rows: [top, bottom] }
    : null;
}

function readCell(params: Params): Cell | null {
  const numbers = readNumbers(params.get("cell"));
  return numbers?.length === 2 ? { label: numbers[0]!, predicted: numbers[1]! } : null;
}

function readAllowedWord<T extends string>(params: Params, name: string, words: readonly T[]): T | null {
  return words.find((word) => word === params.get(name)) ?? null;
}
