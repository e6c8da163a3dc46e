/** The Filters panel: for now the samples of the selection split that a cell or a change picks out. */
import type { Sample } from "../../api/values";
import { formatCount, formatOf } from "../../marks/format";
import { part, type Box } from "../../marks/part";
import type { Actions } from "../../state/actions";
import { chosenExperiment, chosenNode, samplesKey } from "../../state/select";
import type { Change, State } from "../../state/state";
import { drawEmpty } from "../empty";
import type { Panel } from "../panel";
import { drawSample } from "../samples/sample";
import { describeSample, drawThumbs } from "../samples/thumbs";
import { drawChanges } from "./changes";

export const filtersPanel: Panel = {
  id: "filters",
  title: "Samples",
  sub: (state) => describePanel(state),
  tools: () => [],
  charts: [{ name: "samples", title: "List of samples", selector: null, rows: listRows }],
  keys: [
    { keys: "d", help: "degraded samples", run: (act, state) => act.chooseChange(toggled(state, "degraded")) },
    { keys: "i", help: "improved samples", run: (act, state) => act.chooseChange(toggled(state, "improved")) },
  ],
  inputs: ({ server, choice, screen }) => [server.samples, server.nodes, server.confusion, server.experiments, choice, screen.questions],
  draw: (body, state, act) => {
    const node = chosenNode(state);
    const changes = changesData(state);
    drawChanges(part(body, "div", "toolrow changes"), changes, { onChoose: act.chooseChange, onClear: () => act.chooseCell(null) });
    const samples = chosenSamples(state);
    drawEmpty(part(body, "div", "nosamples"), samples && samples.length > 0 ? null : describeEmpty(state, samples));
    drawList(part(body, "div", "list"), state, act, samples ?? []);
    const sample = samples?.find((one) => one.sample === state.choice.sample) ?? null;
    const parent = state.server.nodes[node?.parent_id ?? -1];
    drawSample(part(body, "div", "sample"), { sample, experiment: chosenExperiment(state), node, parent: parent ?? null });
  },
};

const toggled = (state: State, change: Change): Change | null => (state.choice.change === change ? null : change);

export function chosenSamples(state: State): readonly Sample[] | null {
  return state.server.samples[samplesKey(state.choice.node ?? -1, state.choice)]?.items ?? null;
}

function describePanel(state: State): string {
  const found = state.server.samples[samplesKey(state.choice.node ?? -1, state.choice)];
  return found ? `selection split, ${formatOf(found.total, found.images)}` : "selection split";
}

function changesData(state: State) {
  const node = chosenNode(state);
  const classes = chosenExperiment(state)?.classes ?? [];
  const { cell, change } = state.choice;
  return {
    change,
    cell: cell && classes[cell.label] !== undefined ? `${classes[cell.label]} → ${classes[cell.predicted]}` : null,
    counts: {
      degraded: node?.degraded ?? null,
      improved: node?.improved ?? null,
      wrong: node && node.correct !== null ? node.images - node.correct : null,
    },
    isReady: node?.state === "ready",
  };
}

function drawList(box: Box, state: State, act: Actions, samples: readonly Sample[]): void {
  const experiment = chosenExperiment(state);
  box.attr("hidden", samples.length > 0 ? null : "").attr("data-testid", "samples");
  const classes = experiment?.classes ?? [];
  drawThumbs(
    box,
    { experiment: experiment?.id ?? 0, samples, classes, chosen: state.choice.sample, size: 44 },
    {
      onChoose: act.chooseSample,
      onHover: (sample) =>
        sample ? act.hover({ readout: { title: `Sample ${sample.sample}`, text: describeSample(sample, classes) } }) : act.unhover(),
    },
  );
}

function describeEmpty(state: State, samples: readonly Sample[] | null) {
  const node = chosenNode(state);
  if (!node) return null;
  if (node.state !== "ready") return { title: "No samples yet", sentence: "They come when the node is ready." };
  const question = state.screen.questions[`samples:${samplesKey(node.id, state.choice)}`];
  if (question?.state === "failed") return { title: "No samples", sentence: question.error ?? "" };
  if (samples === null) return null;
  return { title: "None", sentence: `None of ${formatCount(node.images)} selection images fits. Choose a cell of the confusion matrix or another list.` };
}

function listRows(state: State): (string | number | null)[][] {
  const classes = chosenExperiment(state)?.classes ?? [];
  const name = (index: number | null): string | null => (index === null ? null : (classes[index] ?? String(index)));
  return [
    ["sample", "true", "called", "probability", "called_before", "change"],
    ...(chosenSamples(state) ?? []).map((one) => [one.sample, name(one.label), name(one.predicted), one.probability, name(one.before), one.change]),
  ];
}
