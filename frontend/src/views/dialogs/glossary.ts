/** Terms of docs/glossary.md that appear on the page, listed in the help; a test keeps both files consistent. */
import { ensureElement, type Box } from "../../marks/elements";

export interface Term {
  readonly word: string;
  readonly meaning: string;
}

export const GLOSSARY: readonly Term[] = [
  {
    word: "experiment",
    meaning:
      "A data set with its splits, a root network, training defaults, a tolerance and a target, and the tree grown from them.",
  },
  { word: "node", meaning: "One version of the network in the pruning tree. Node 0 is the root." },
  {
    word: "teacher",
    meaning: "A ready node whose predictions the training of another node also learns (knowledge distillation).",
  },
  { word: "tolerance", meaning: "How far a node's accuracy may fall below its parent's and still count as recovered." },
  {
    word: "recovered",
    meaning:
      "A node is recovered if its accuracy is not below its parent's by more than the tolerance. Not judged if the parent learned nothing.",
  },
  {
    word: "learned nothing",
    meaning:
      "A node learned nothing if it is no more accurate than always predicting the largest class; a root also if training did not improve it.",
  },
  {
    word: "target",
    meaning: "The accuracy that a branch must not fall below. A node that reaches it is good, any other is bad.",
  },
  {
    word: "control",
    meaning:
      "A node of the same size as another one, its reference, but with random filters, filters of lowest L1 norm, or weights trained from scratch.",
  },
  { word: "filter", meaning: "An output channel of a convolution, or a unit of a fully connected layer." },
  { word: "layer", meaning: "A module that can be pruned, shown under its name in torch." },
  { word: "criterion", meaning: "A way to score filters, such as sensitivity or the L1 norm." },
  {
    word: "sensitivity",
    meaning: "A first-order Taylor estimate of how much the loss would change without the filter.",
  },
  {
    word: "loss change",
    meaning:
      "A first-order Taylor estimate of how much the loss of an image would change without the filter, in nats; comparable between all layers.",
  },
  { word: "instability", meaning: "How much a filter's rank depends on which images are used." },
  {
    word: "plan",
    meaning: "The filters to remove, by layer and original number. A draft can be edited; applying it creates a node.",
  },
  {
    word: "rule",
    meaning:
      "How a plan chooses its filters: a percentage, a threshold, a share of each layer, a target cost, or a list.",
  },
  {
    word: "price",
    meaning:
      "What the network saves without a unit, in MACs, parameters or bytes, relative to the mean over the free units.",
  },
  {
    word: "rank value",
    meaning:
      "A score divided by a power of the unit's price; without a price, the score. Rules and the line compare rank values.",
  },
  {
    word: "scope",
    meaning:
      "Among which units a rule ranks a unit: all (network), those of its group (group), or those in layers of the same kind, kernel, stride and width (alike).",
  },
  { word: "floor", meaning: "The smallest share of each layer's filters that a rule must keep." },
  { word: "override", meaning: "A person's decision against the rule for one filter: remove it or keep it." },
  { word: "locked", meaning: "A layer from which the rule removes nothing because a person decided so." },
  {
    word: "preview",
    meaning:
      "The accuracy of a draft's network, measured before any training: as cut, with batch norm re-estimated (recalibrated), and reconstructed.",
  },
  {
    word: "reconstruction",
    meaning:
      "Fitting each layer of a cut network to its outputs in the parent, by least squares on training images without labels.",
  },
  { word: "estimate", meaning: "The estimator's answer to how many filters are needed to reach the target." },
  {
    word: "start",
    meaning:
      "The weights from which a pruned network is trained: as cut, with batch norm re-estimated, reconstructed, or the most accurate of these.",
  },
  {
    word: "Autopilot",
    meaning:
      "A sequence of plans that the server makes and applies by itself. It grows a branch and can be taken over at any node.",
  },
  { word: "selection split", meaning: "The images on which all decisions are based." },
  { word: "test split", meaning: "The locked images. How often they were used to measure a node is counted." },
  {
    word: "map of samples",
    meaning: "The samples laid out by t-SNE so that images that the network sees alike lie close together.",
  },
  {
    word: "job",
    meaning: "A task that runs in the background, such as training or a preview. It survives a restart of the server.",
  },
  { word: "bundle", meaning: "A whole experiment in one file, to be opened on another server." },
  { word: "export", meaning: "The network of one node in a portable format." },
  { word: "link", meaning: "An address with a token that opens one tree, read-only or for editing." },
];

/** Draws the list of terms. The list takes the focus, so that arrow keys scroll it. */
export function drawGlossary(content: Box): void {
  const section = ensureElement(content, "section", "glossary").attr("tabindex", 0).attr("aria-labelledby", "glossary");
  ensureElement(section, "h3", "title").attr("id", "glossary").text("Glossary");
  ensureElement(section, "dl", "wordlist")
    .selectAll<HTMLElement, Term>(":scope > div")
    .data(GLOSSARY, ({ word }) => word)
    .join((enter) => {
      const row = enter.append("div");
      row.append("dt").text(({ word }) => word);
      row.append("dd").text(({ meaning }) => meaning);
      return row;
    });
}
