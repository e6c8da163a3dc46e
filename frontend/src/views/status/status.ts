/**
 * The status bar: a description of what is hovered or focused, data splits, device, storage warning and connection
 * state.
 */
import { formatCount, formatPlural } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/elements";
import { chosenExperiment } from "../../state/selectors/select";
import type { Readout, State } from "../../state/state";

export interface StatusData {
  readonly readout: Readout | null;
  readonly splits: string;
  readonly splitsTooltip: string;
  readonly device: string;
  /** A warning about the database or the model store; empty if both can be used. */
  readonly storage: string;
  /** State of the connection to the server; null if no experiment is open. */
  readonly connection: State["screen"]["connection"] | null;
}

const STORAGE_WARNINGS = {
  ok: "",
  copy: "✕ this database is a copy: nodes cannot be created or deleted",
  missing: "✕ the server has lost its database or model store: nothing is saved",
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
    splitsTooltip: splits?.rule ?? "",
    device: state.server.health?.device ?? "",
    storage: STORAGE_WARNINGS[state.server.health?.storage ?? "ok"],
    connection: experiment && state.screen.connection,
  };
}

const CONNECTION_TEXTS = {
  connecting: "○ connecting",
  live: "● live",
  lost: "✕ connection lost, reconnecting",
} as const;

export function drawStatus(
  bar: Box,
  { readout, splits, splitsTooltip, device, storage, connection }: StatusData,
): void {
  const readoutBox = ensureElement(bar, "span", "readout").attr("data-testid", "readout");
  ensureElement(readoutBox, "b", "title").text(readout?.title ?? "");
  ensureElement(readoutBox, "span", "text").text(readout ? `\u2002${readout.text}` : "");
  ensureElement(bar, "span", "splits").text(splits).attr("title", splitsTooltip);
  ensureElement(bar, "span", "device").text(device);
  ensureElement(bar, "span", "storage").text(storage).attr("role", "alert").attr("data-testid", "storage");
  ensureElement(bar, "span", "connection")
    .text(connection ? CONNECTION_TEXTS[connection] : "")
    .attr("role", "status")
    .attr("data-testid", "connection");
}
