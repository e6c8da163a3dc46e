"""`cnnpruner plan`: draft a plan for a node, and print what it removes and what the pruned network costs."""

import argparse
import sys
from typing import Any, get_args

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client
from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, DEFAULT_ORDER, PAPER_ORDER, Scope
from cnnpruner.domain.plans.plans import COST_NAMES, Plan, Preview
from cnnpruner.errors import InvalidInput

HELP = "draft a plan for a node and print its exact cost"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the node, what to remove, and how to rank the filters."""
    parser.add_argument("node", type=int, help="id of the node, shown in the address of its page")
    rule = parser.add_mutually_exclusive_group(required=True)
    rule.add_argument("--percent", type=float, help="percentage of the free filters to remove")
    text = f"limit for what remains: a cost ({', '.join(COST_NAMES)}), then a number or a percentage such as 41%%"
    rule.add_argument("--target", nargs=2, metavar=("COST", "VALUE"), help=text)
    text = "criterion that ranks the filters, optionally with a price (default %(default)s)"
    parser.add_argument("--criterion", default=DEFAULT_ORDER, help=text)
    text = "rank filters in the whole network, within their group of coupled layers, or within layers that are alike"
    parser.add_argument("--scope", choices=get_args(Scope), default="network", help=f"{text} (default %(default)s)")
    text = "smallest share of each layer's filters to keep, 0 to 1 (default %(default)s)"
    parser.add_argument("--floor", type=float, default=DEFAULT_FLOOR, help=text)
    text = "rank as in the CNNPruner paper: by sensitivity in the whole network, without a floor"
    parser.add_argument("--paper-order", action="store_true", help=text)
    parser.add_argument("--preview", action="store_true", help="also measure the accuracy before any training")
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Drafts the plan and prints it."""
    client = Client(args.server)
    order = PAPER_ORDER if args.paper_order else _read_order(args)
    plan = client.plan(args.node, **_read_rule(args, client), **order)
    sys.stdout.write(describe_plan(plan))
    if args.preview:
        sys.stdout.write(describe_preview(client.preview(plan.id)))
    return 0


def _read_order(args: argparse.Namespace) -> dict[str, Any]:
    return {"criterion": args.criterion, "scope": args.scope, "floor": args.floor}


def _read_rule(args: argparse.Namespace, client: Client) -> dict[str, Any]:
    """Returns the rule of the plan. A target in percent refers to the node's current cost. Raises InvalidInput."""
    if args.percent is not None:
        return {"rule": "percent", "percent": args.percent}
    metric, text = args.target
    if metric not in COST_NAMES:
        raise InvalidInput(f"There is no cost {metric!r}; use {', '.join(COST_NAMES)}.")
    try:
        value = float(text.removesuffix("%"))
    except ValueError as error:
        raise InvalidInput(f"The target {text!r} is not a number; write, for instance, 16800000 or 41%.") from error
    if text.endswith("%"):
        value = value / 100 * float(getattr(client.node(args.node), metric))
    return {"rule": "target", "metric": metric, "value": int(value)}


def describe_plan(plan: Plan) -> str:
    """Returns a line that says what the plan removes, a line with the old and new value of each cost, and a line per
    note.
    """
    lines = [f"plan {plan.name} (id {plan.id}) removes {plan.reached:,} filters"]
    for metric, unit in COST_NAMES.items():
        before, after = getattr(plan.now, metric), getattr(plan.cost, metric)
        lines.append(f"{unit}: {before:,} → {after:,} ({after / before if before else 1:.1%})")
    return "".join(f"{line}\n" for line in [*lines, *plan.notes])


def describe_preview(preview: Preview) -> str:
    """Returns one line with the accuracies that were measured, in the order of measurement."""
    accuracies = [
        ("accuracy before training", preview.raw),
        ("with BN re-estimated", preview.recalibrated),
        ("reconstructed", preview.reconstructed),
    ]
    return "; ".join(f"{name}: {value.accuracy:.2%}" for name, value in accuracies if value is not None) + "\n"
