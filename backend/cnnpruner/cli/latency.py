"""`cnnpruner latency`: measure the latency of a node, and its ratio to the root's latency."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.cli.progress import show_progress
from cnnpruner.client.client import Client
from cnnpruner.domain.tree.latencies import RUNTIME_NAMES, Latency, describe_latency_ratio

HELP = "measure the latency of a node, and its ratio to the root's latency"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the node, the batch size, and whether to measure or only to print stored latencies."""
    parser.add_argument("node", type=int, help="id of the node, shown in the address of its page")
    text = "batch size at which to measure, in addition to batch size 1 (default %(default)s)"
    parser.add_argument("--batch", type=int, default=32, help=text)
    parser.add_argument(
        "--stored", action="store_true", help="only print earlier measurements, without measuring again"
    )
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Measures the latency of a node unless `--stored` is given, and prints a line for each of its stored latencies."""
    client = Client(args.server)
    notes: list[str] = []
    if not args.stored:
        job = client.wait(client.measure_latency(args.node, args.batch).id, show_progress)
        sys.stderr.write("\n")
        notes = (job.result or {}).get("notes", [])
    for latency in client.latencies(args.node):
        sys.stdout.write(describe_latency(latency) + "\n")
    sys.stdout.writelines(f"{note}\n" for note in notes)
    return 0


def describe_latency(latency: Latency) -> str:
    """Returns one line about a latency: how it was measured, the milliseconds, and the ratio to the root (or why there
    is none).
    """
    thread_text = "" if latency.threads is None else f", {latency.threads} threads"
    settings = f"{RUNTIME_NAMES[latency.runtime]} on {latency.device}{thread_text}, batch size {latency.batch}"
    return f"{settings}: {latency.median_ms:.3g} ms; {describe_latency_ratio(latency)}"
