"""`cnnpruner plan`: draft a plan for a node, print its effect on the network's cost, and apply it if requested."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any, get_args

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.cli.progress import show_progress
from cnnpruner.cli.training_arguments import add_training_arguments, parse_training_settings
from cnnpruner.client.client import Client
from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, DEFAULT_ORDER, PAPER_ORDER, Scope
from cnnpruner.domain.plans.plans import COST_NAMES, Plan, Preview
from cnnpruner.domain.plans.recipes import Recipe
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput

HELP = "draft a plan for a node and print its exact cost; with --apply, apply it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the node, what to remove, and how to rank the filters."""
    parser.add_argument("node", type=int, help="id of the node, shown in the address of its page")
    rule = parser.add_mutually_exclusive_group(required=True)
    rule.add_argument("--percent", type=float, help="percentage of the prunable filters to remove")
    text = (
        f"target cost: the kind of cost ({', '.join(COST_NAMES)}) and its maximum, as a number or a percentage of the "
        "node's present value, such as 41%%"
    )
    rule.add_argument("--target", nargs=2, metavar=("COST", "VALUE"), help=text)
    add_ranking_order_arguments(parser)
    parser.add_argument(
        "--preview", action="store_true", help="also measure the accuracy of the pruned network before any training"
    )
    parser.add_argument(
        "--apply", action="store_true", help="apply the plan: create a node whose network is pruned and fine-tuned"
    )
    parser.add_argument("--wait", action="store_true", help="with --apply, wait for the node and print its accuracy")
    text = (
        "with --apply, train with the recommended settings, and print them with the reasons; other training settings "
        "override them"
    )
    parser.add_argument("--recipe", action="store_true", help=text)
    add_training_arguments(parser, "training settings (with --apply)")
    add_server_argument(parser)


def add_ranking_order_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments for ranking filters: the criterion, the scope (which filters are compared) and the minimum
    share that each layer keeps.
    """
    text = (
        "criterion that ranks the filters, optionally divided by a power of the cost that each filter saves, as in "
        "loss_change/macs^0.5 (default %(default)s)"
    )
    parser.add_argument("--criterion", default=DEFAULT_ORDER, help=text)
    text = "rank filters across the whole network, within each group of coupled layers, or across similar layers"
    parser.add_argument("--scope", choices=get_args(Scope), default="network", help=f"{text} (default %(default)s)")
    text = "criterion that chooses which filters to remove within a layer, such as obs (default: same as --criterion)"
    parser.add_argument("--within", metavar="CRITERION", help=text)
    text = "minimum share of each layer's filters to keep, 0 to 1 (default %(default)s)"
    parser.add_argument("--floor", type=float, default=DEFAULT_FLOOR, help=text)
    text = (
        "rank filters as in the CNNPruner paper: by sensitivity, across the whole network, without a minimum per layer"
    )
    parser.add_argument("--paper-order", action="store_true", help=text)


def run(args: argparse.Namespace) -> int:
    """Drafts the plan and prints it. If requested, also measures its preview, applies it, and waits for the node.

    Raises InvalidInput if an argument is invalid, or if training settings, `--start` or `--wait` are given without
    `--apply`.
    """
    training = parse_training_settings(args)
    if not args.apply and (training is not None or args.start is not None or args.wait or args.recipe):
        raise InvalidInput(
            "Training settings, --recipe, --start and --wait are only used with --apply; add --apply or leave them out."
        )
    client = Client(args.server)
    plan = client.plan(args.node, **_parse_rule(args, client), **parse_ranking_order(args))
    sys.stdout.write(describe_plan(plan))
    if args.preview:
        sys.stdout.write(describe_preview(client.preview(plan.id)))
    if args.apply:
        if args.recipe:
            recipe = client.recipe(args.node, plan.id)
            sys.stdout.write(describe_recipe(recipe))
            training = recipe.training.model_dump() | (training or {})
        applied_plan = client.apply(plan.id, training=training, start=args.start)
        sys.stdout.write(f"node {applied_plan.node.number} (id {applied_plan.node.id}) is being created\n")
        if args.wait:
            client.wait(applied_plan.job.id, show_progress)
            sys.stderr.write("\n")
            sys.stdout.write(describe_ready_node(client.node(applied_plan.node.id)))
    return 0


def describe_recipe(recipe: Recipe) -> str:
    """Returns a line with the recommended settings and the expected duration, and a line for each reason."""
    training = recipe.training
    teacher_text = "no teacher" if training.teacher is None else f"{training.teacher} as teacher"
    duration_text = "" if recipe.seconds is None else f", about {recipe.seconds:,.0f} s"
    settings = f"{training.epochs} epochs, learning rate {training.learning_rate:g}, {teacher_text}{duration_text}"
    return "".join(f"{line}\n" for line in [f"recipe: {settings}", *recipe.reasons])


def describe_ready_node(node: Node) -> str:
    """Returns a line with the accuracy of a ready node, the weights from which its training started, and whether it has
    recovered.
    """
    start_text = "" if node.training_record is None else f", start weights: {node.training_record.start}"
    recovery_text = {True: ", recovered", False: ", not recovered", None: ""}[node.recovered]
    return f"node {node.number}: accuracy {node.accuracy:.2%} (epoch {node.best_epoch}){start_text}{recovery_text}\n"


def parse_ranking_order(args: argparse.Namespace) -> dict[str, Any]:
    """Returns the fields of a rule that say how filters are ranked: as in the paper with `--paper-order`, otherwise as
    the other arguments say.
    """
    if args.paper_order:
        return dict(PAPER_ORDER)
    within = {} if args.within is None else {"within": args.within}
    return {"criterion": args.criterion, "scope": args.scope, "floor": args.floor} | within


def _parse_rule(args: argparse.Namespace, client: Client) -> dict[str, Any]:
    if args.percent is not None:
        return {"rule": "percent", "percent": args.percent}
    return {"rule": "target", **parse_cost(args.target, client.node(args.node))}


def parse_cost(metric_and_value: Sequence[str], node: Node) -> dict[str, Any]:
    """Parses a cost, such as ("macs", "41%"), and returns its metric and value. Percentages are relative to the node's
    present cost. Raises InvalidInput if the cost is not valid.
    """
    metric, text = metric_and_value
    if metric not in COST_NAMES:
        raise InvalidInput(f"{metric!r} is not a cost; use one of {', '.join(COST_NAMES)}.")
    try:
        value = float(text.removesuffix("%"))
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a number or percentage; write, for example, 16800000 or 41%.") from error
    if text.endswith("%"):
        value = value / 100 * float(getattr(node, metric))
    return {"metric": metric, "value": int(value)}


def describe_plan(plan: Plan) -> str:
    """Returns a line that says how many filters the plan removes, a line for each cost with its old and new value, and
    a line for each note.
    """
    lines = [f"plan {plan.name} (id {plan.id}) removes {plan.reached:,} filters"]
    for metric, name in COST_NAMES.items():
        cost_before, cost_after = getattr(plan.now, metric), getattr(plan.cost, metric)
        lines.append(f"{name}: {cost_before:,} → {cost_after:,} ({cost_after / cost_before if cost_before else 1:.1%})")
    return "".join(f"{line}\n" for line in [*lines, *plan.notes])


def describe_preview(preview: Preview) -> str:
    """Returns one line with the accuracies in a preview: directly after pruning, with batch norm re-estimated, and
    after reconstruction. Accuracies that were not measured are omitted.
    """
    accuracies = [
        ("accuracy before training", preview.raw),
        ("accuracy with BN re-estimated", preview.recalibrated),
        ("accuracy after reconstruction", preview.reconstructed),
    ]
    return "; ".join(f"{name}: {value.accuracy:.2%}" for name, value in accuracies if value is not None) + "\n"
