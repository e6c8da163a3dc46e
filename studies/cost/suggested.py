"""What a suggested plan reaches before any training, by REST: one search of 60 s and one of 300 s for each network.

    python -m studies.cost.suggested --url http://127.0.0.1:8000 [CASE ...]

The server's DATA contains `cifar10/` and `checkpoints/`; nothing else should run on the machine, because a search is
limited by its duration. Cases: resnet20, resnet56. The accuracy on the images that chose and the one on those that did
not are both stored, in docs/data/suggested.json. Searches that are there already are skipped.
"""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from cnnpruner.client import Client
from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource, NewExperiment, WeightsSource
from studies import trees
from studies.cost.step_file import StepFile
from studies.trees import Tree

RESULTS = StepFile(Path(__file__).parents[2] / "docs" / "data" / "suggested.json")
CASES = {
    "resnet20": ("checkpoints/resnet20-12fca82f.th", 0.415),
    "resnet56": ("checkpoints/resnet56-4bfd9763.th", 0.46),
}
"""The checkpoint of each network, and the share of its MACs that may remain."""
DURATIONS_S = (60, 300)


def main() -> None:
    """Run the searches and store their results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default %(default)s)")
    parser.add_argument("cases", nargs="*", default=list(CASES), help="networks (default: all)")
    options = parser.parse_args()
    for case in options.cases:
        tree = open_case(Client(options.url), case)
        for seconds in DURATIONS_S:
            RESULTS.record(case, f"{seconds} s", partial(search, tree, CASES[case][1], seconds))


def open_case(client: Client, case: str) -> Tree:
    """Return the tree of a network with its published weights."""
    new = NewExperiment(
        name=f"Suggested plans: {case}",
        data=DataSource(kind="cifar10"),
        network=NetworkSource(name=case, options={"shortcut": "A"}),
        weights=WeightsSource(path=CASES[case][0]),
    )
    return trees.open_tree(client, new, {})


def search(tree: Tree, share: float, seconds: int) -> dict[str, Any]:
    """Search at the root and return what was tried and what the best plan reached."""
    suggestion = tree.client.suggest(tree.root.id, macs=share, seconds=seconds)
    best = suggestion.candidates[0]
    orders = [candidate for candidate in suggestion.candidates if candidate.origin == "order"]
    return {
        "orders": len(orders),
        "exchanges": suggestion.exchanges,
        "gains": suggestion.gains,
        "elapsed_s": round(suggestion.elapsed_s, 1),
        "rule": best.rule.model_dump(mode="json"),
        "best_order": orders[0].rule.model_dump(mode="json"),
        "macs": best.cost.macs,
        "raw": _describe(best.raw),
        "recalibrated": _describe(best.recalibrated),
        "reconstructed": _describe(best.reconstructed),
        "unseen": _describe(best.unseen),
    }


def _describe(accuracy: Accuracy | None) -> dict[str, int] | None:
    return None if accuracy is None else {"correct": accuracy.correct, "images": accuracy.images}


if __name__ == "__main__":
    main()
