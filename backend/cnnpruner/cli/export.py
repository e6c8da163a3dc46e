"""`cnnpruner export`: download a node's network in a portable format."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server
from cnnpruner.cli.progress import show_progress
from cnnpruner.client.client import Client

HELP = "download a node's network in a portable format, checked"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which node, format and file."""
    parser.add_argument("node", type=int, help="id of the node, as in the page's address")
    parser.add_argument("--format", choices=("safetensors", "onnx", "torch_export"), default="safetensors")
    parser.add_argument("--to", help="file, or folder (FOLDER/ makes it; default: here)")
    parser.add_argument("--test", action="store_true", help="measure it on the test split too: at most once a node")
    add_server(parser)


def run(choice: argparse.Namespace) -> int:
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
