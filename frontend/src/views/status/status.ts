/** The status bar: what the pointer or focus is on, splits, device, whether the line stands. */
import { formatCount, formatPlural } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/part";
import { chosenExperiment } from "../../state/selectors/select";
import type { Readout, State } from "../../state/state";

export interface StatusData {
  readonly readout: Readout | null;
  readonly splits: string;
  readonly rule: string;
  readonly device: string;
  /** What is wrong with database and model store; empty: nothing. */
  readonly storage: string;
  /** null: no tree is open that could change. */
  readonly connection: State["screen"]["connection"] | null;
}

const STORAGE_WARNINGS = {
  ok: "",
  copy: "✕ a copied database: nodes are neither made nor deleted",
  missing: "✕ the server lost its database or model store: nothing is saved",
} as const;

export function statusData(state: State): StatusData {
  const experiment = chosenExperiment(state);
  const { splits, tests = 0 } = experiment ?? {};
  const [train, selection, test] = splits ? [splits.train, splits.selection, splits.test].map(formatCount) : [];
  return {
    readout: state.hover.readout,
    splits: splits
      ? `train ${train} · selection ${selection} · test ${test} ${tests === 0 ? "locked" : `measured for ${formatPlural(tests, "node")}`}`
      : "",
    rule: splits?.rule ?? "",
    device: state.server.health?.device ?? "",
    storage: STORAGE_WARNINGS[state.server.health?.storage ?? "ok"],
    connection: experiment && state.screen.connection,
  };
}

const CONNECTION_TEXTS = {
  connecting: "○ connecting",
  live: "● live",
  lost: "✕ connection lost, trying again",
} as const;

export function drawStatus(bar: Box, { readout, splits, rule, device, storage, connection }: StatusData): void {
  const left = ensureElement(bar, "span", "readout").attr("data-testid", "readout");
  ensureElement(left, "b", "title").text(readout?.title ?? "");
  ensureElement(left, "span", "text").text(readout ? `\u2002${readout.text}` : "");
  ensureElement(bar, "span", "splits").text(splits).attr("title", rule);
  ensureElement(bar, "span", "device").text(device);
  ensureElement(bar, "span", "storage").text(storage).attr("role", "alert").attr("data-testid", "storage");
  ensureElement(bar, "span", "connection")
    .text(connection ? CONNECTION_TEXTS[connection] : "")
    .attr("role", "status")
    .attr("data-testid", "connection");
}
