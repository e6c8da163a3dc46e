"""`cnnpruner export`: download a node's network in a portable format."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.cli.progress import show_progress
from cnnpruner.client.client import Client

HELP = "download a node's network in a portable format"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the node, the format and the file."""
    parser.add_argument("node", type=int, help="id of the node, shown in the address of its page")
    parser.add_argument("--format", choices=("safetensors", "onnx", "torch_export"), default="safetensors")
    parser.add_argument(
        "--to", help="file or folder to save to (a folder ending in / is created if missing; default: current folder)"
    )
    parser.add_argument(
        "--test",
        action="store_true",
        help="also measure the node's accuracy on the test split (possible only once per node)",
    )
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Downloads a node's network. With `--test`, first measures the node's accuracy on the test split."""
    client = Client(args.server)
    if args.test:
        client.wait(client.measure_test(args.node).id)
        accuracy = client.node(args.node).test_accuracy
        sys.stdout.write(f"test accuracy {accuracy:.2%}, measured once and stored with the node\n")
    path = client.export(args.node, args.format, args.to, show_progress)
    sys.stderr.write("\n")
    check = next(export.check for export in client.exports(args.node) if export.format == args.format)
    sys.stdout.write(
        f"{path}: checked with {check.runtime} on {check.images} selection images. Its logits differ from those of the "
        f"node's network by at most {check.max_difference:.2g}; {check.same_top1:.2%} of the predicted classes agree.\n"
    )
    return 0
