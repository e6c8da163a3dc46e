"""What `cnnpruner export` does."""

import argparse
import sys

from cnnpruner.cli.experiments import show_progress
from cnnpruner.client.client import Client


def export(choice: argparse.Namespace) -> int:
    """Download a node's network, checked; with --test measure it on the test split first."""
    client = Client(choice.server)
    if choice.test:
        client.wait(client.measure_test(choice.node).id)
        accuracy = client.node(choice.node).test_accuracy
        sys.stdout.write(f"test accuracy {accuracy:.2%}, measured once and kept with the node\n")
    path = client.export(choice.node, choice.format, choice.to, show_progress)
    sys.stderr.write("\n")
    check = next(one.check for one in client.exports(choice.node) if one.format == choice.format)
    sys.stdout.write(
        f"{path}: checked by {check.runtime} on {check.images} selection images: largest difference of a logit "
        f"{check.max_difference:.2g}, same class on {check.same_top1:.2%}\n"
    )
    return 0
