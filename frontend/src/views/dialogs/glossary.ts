/**
 * Those terms of docs/glossary.md that appear on the page. The help lists them, and a test keeps both files consistent.
 */
import { ensureElement, type Box } from "../../marks/elements";

export interface GlossaryTerm {
  readonly word: string;
  readonly meaning: string;
}

export const GLOSSARY: readonly GlossaryTerm[] = [
  {
    word: "experiment",
    meaning:
      "A data set with its splits, a root network, default training settings, a tolerance, a target, and the tree that grows from the root.",
  },
  { word: "node", meaning: "One version of the network in the pruning tree. Node 0 is the root." },
  {
    word: "teacher",
    meaning:
      "A finished node whose predictions another node learns to match in training, in addition to the labels (knowledge distillation).",
  },
  {
    word: "tolerance",
    meaning: "How far a node's accuracy may fall below its parent's for the node to count as recovered.",
  },
  {
    word: "recovered",
    meaning:
      "A node counts as recovered if its accuracy is below its parent's by no more than the tolerance. This is not judged if the parent learned nothing.",
  },
  {
    word: "learned nothing",
    meaning:
      "A node learned nothing if it is no more accurate than always predicting the largest class. A root has also learned nothing if training did not improve it.",
  },
  {
    word: "target",
    meaning:
      "The accuracy that no node of a branch should fall below. A node that reaches the target is good; any other node is bad.",
  },
  {
    word: "control",
    meaning:
      "A node made for comparison with a node of the same size, its reference. A control has random filters removed, has the filters with the lowest L1 norms removed, or is trained from scratch.",
  },
  { word: "filter", meaning: "An output channel of a convolution, or a unit of a fully connected layer." },
  { word: "layer", meaning: "A module that can be pruned, shown under its PyTorch module name." },
  { word: "criterion", meaning: "A way to score filters, such as sensitivity or the L1 norm." },
  {
    word: "sensitivity",
    meaning: "A first-order Taylor estimate of how much the loss would change without the filter.",
  },
  {
    word: "loss change",
    meaning:
      "A first-order Taylor estimate, in nats, of how much the loss on an image would change without the filter. Values are comparable across layers.",
  },
  { word: "instability", meaning: "How much a filter's rank depends on which images are used." },
  {
    word: "plan",
    meaning:
      "The filters to remove, listed by layer and original number (the filter's number in the root). A draft can be edited; applying it creates a node.",
  },
  {
    word: "rule",
    meaning:
      "How a plan chooses the filters to remove: by a percentage, a threshold, a share of each layer, a target cost, or a list.",
  },
  {
    word: "price",
    meaning:
      "How many MACs, parameters or bytes the network saves if a unit is removed, relative to the mean over the free units.",
  },
  {
    word: "rank value",
    meaning:
      "The value by which rules and the threshold line compare units: a unit's score, divided by a power of its price if a price is used.",
  },
  {
    word: "scope",
    meaning:
      "The units that a rule ranks against each other: all units (network), the units of one group (group), or the units in layers of the same kind, kernel, stride and width (alike).",
  },
  { word: "floor", meaning: "The smallest share of each layer's filters that a rule must keep." },
  { word: "override", meaning: "A person's decision to remove or keep one filter, whatever the rule says." },
  {
    word: "locked",
    meaning: "A layer is locked if a person decided that the rule must not remove any of its filters.",
  },
  {
    word: "preview",
    meaning:
      "The accuracy of the network that a draft would create, measured before any training: as cut, with batch norm re-estimated (recalibrated), and reconstructed.",
  },
  {
    word: "reconstruction",
    meaning:
      "Fitting the layers of a pruned network by least squares, so that they reproduce their outputs in the parent. It uses training images, but no labels.",
  },
  {
    word: "estimate",
    meaning: "The estimator's prediction of how many filters are needed to reach the target.",
  },
  {
    word: "start",
    meaning:
      "The weights with which the training of a pruned network starts: as cut, with batch norm re-estimated, reconstructed, or whichever of these three is the most accurate.",
  },
  {
    word: "suggestion",
    meaning:
      "A search that compares many plans at a given cost by the accuracy of their reconstructed networks, and drafts the best. Each plan that it tried is a candidate.",
  },
  {
    word: "recipe",
    meaning:
      "The training settings that are recommended for a plan and a time budget: start, learning rate, teacher and number of epochs, with the reasons.",
  },
  {
    word: "Autopilot",
    meaning:
      "A sequence of plans that the server creates and applies on its own, growing a branch. A person can take over at any node.",
  },
  { word: "selection split", meaning: "The images on which all decisions are based." },
  {
    word: "test split",
    meaning:
      "Images that are locked away and used only for final measurements. The experiment counts how many nodes have been measured on them.",
  },
  {
    word: "map of samples",
    meaning: "A t-SNE layout of the samples, in which images that the network sees as similar lie close together.",
  },
  {
    word: "job",
    meaning: "A task that runs in the background, such as training or a preview. It survives a restart of the server.",
  },
  { word: "bundle", meaning: "A whole experiment in one file, to be opened on another server." },
  { word: "export", meaning: "The network of one node in a portable format." },
  { word: "link", meaning: "An address with a token that opens one tree, read-only or for editing." },
];

/** Draws the list of terms. The list can have the focus, so that the arrow keys scroll it. */
export function drawGlossary(content: Box): void {
  const section = ensureElement(content, "section", "glossary").attr("tabindex", 0).attr("aria-labelledby", "glossary");
  ensureElement(section, "h3", "title").attr("id", "glossary").text("Glossary");
  ensureElement(section, "dl", "wordlist")
    .selectAll<HTMLElement, GlossaryTerm>(":scope > div")
    .data(GLOSSARY, ({ word }) => word)
    .join((enter) => {
      const row = enter.append("div");
      row.append("dt").text(({ word }) => word);
      row.append("dd").text(({ meaning }) => meaning);
      return row;
    });
}
