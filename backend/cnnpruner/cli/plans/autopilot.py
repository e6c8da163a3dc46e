"""`cnnpruner autopilot`: prune a node step by step, and print the nodes as they become ready."""

import argparse
import sys
import time
from typing import get_args

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.cli.plans.plan import add_ranking_order_arguments, describe_ready_node, parse_cost, parse_ranking_order
from cnnpruner.cli.training_arguments import add_training_arguments, parse_training_settings
from cnnpruner.client.client import Client
from cnnpruner.domain.plans.plans import COST_NAMES
from cnnpruner.domain.tree.autopilots import PAPER_AUTOPILOT_KINDS, Autopilot, AutopilotKind

HELP = "prune a node step by step until a cost goal is reached or the accuracy falls too low"
POLL_INTERVAL_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments for the node, the steps, when to stop, how to rank the filters, and the training."""
    parser.add_argument("node", type=int, help="id of the node to start from, shown in the address of its page")
    text = (
        "halving: equal steps, halved when a node misses the target accuracy; schedule: ever smaller steps toward "
        "a cost goal; automatic and automatic_estimator: the baselines of the CNNPruner paper, which rank filters as "
        "the paper does (default %(default)s)"
    )
    parser.add_argument("--kind", choices=get_args(AutopilotKind), default="halving", help=text)
    text = "percentage of the prunable filters to remove per step (default %(default)s)"
    parser.add_argument("--percent", type=float, default=25.0, help=text)
    parser.add_argument("--steps", type=int, help="number of steps for --kind schedule (default 5)")
    text = (
        f"cost goal: the kind of cost ({', '.join(COST_NAMES)}) and its maximum, as a number or a percentage of the "
        "node's present value, such as 41%%"
    )
    parser.add_argument("--goal", nargs=2, metavar=("COST", "VALUE"), help=text)
    text = "target accuracy, 0 to 1 (default without --goal: the experiment's target accuracy)"
    parser.add_argument("--target-accuracy", type=float, help=text)
    parser.add_argument(
        "--max-steps", type=int, default=20, help="maximum number of nodes to create (default %(default)s)"
    )
    add_ranking_order_arguments(parser)
    text = "train each step with the recommended settings; other training settings override them"
    parser.add_argument("--recipe", action="store_true", help=text)
    add_training_arguments(parser, "training settings of each step")
    parser.add_argument("--wait", action="store_true", help="wait until the Autopilot ends, and print its nodes")
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Starts the Autopilot and, with `--wait`, waits until it ends. Returns 1 if it fails during the wait."""
    client = Client(args.server)
    uses_paper_order = args.paper_order or args.kind in PAPER_AUTOPILOT_KINDS
    autopilot = client.start_autopilot(
        args.node,
        args.kind,
        percent=args.percent,
        steps=args.steps,
        goal=None if args.goal is None else parse_cost(args.goal, client.node(args.node)),
        target_accuracy=args.target_accuracy,
        order=parse_ranking_order(argparse.Namespace(**vars(args) | {"paper_order": uses_paper_order})),
        start=args.start,
        training=parse_training_settings(args),
        recipe=args.recipe,
        max_steps=args.max_steps,
    )
    sys.stdout.write(f"Autopilot {autopilot.id} started at node {args.node}\n")
    return _follow_autopilot(client, autopilot) if args.wait else 0


def _follow_autopilot(client: Client, autopilot: Autopilot) -> int:
    """Prints each node once it is ready and, at the end, why the Autopilot ended. Returns 1 if the Autopilot failed,
    otherwise 0.
    """
    printed_node_ids: set[int] = set()
    while True:
        for node_id in autopilot.nodes:
            node = client.node(node_id)
            if node.state == "ready" and node_id not in printed_node_ids:
                printed_node_ids.add(node_id)
                sys.stdout.write(describe_ready_node(node))
                sys.stdout.flush()
        if autopilot.state != "running":
            sys.stdout.write(f"{autopilot.state}: {autopilot.reason}\n")
            return 1 if autopilot.state == "failed" else 0
        time.sleep(POLL_INTERVAL_S)
        autopilot = client.autopilot(autopilot.id)
