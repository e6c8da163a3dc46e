"""`cnnpruner suggest`: search for the best plan of a node, and print the plans that were tried."""

import argparse
import sys
import time

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.cli.plans.plan import describe_plan, parse_cost
from cnnpruner.cli.progress import show_progress
from cnnpruner.client.client import Client
from cnnpruner.domain.plans.plans import COST_NAMES, Plan
from cnnpruner.domain.plans.suggestions import Candidate, Suggestion
from cnnpruner.drawing.suggestions import describe_candidate
from cnnpruner.errors import InvalidInput

HELP = "search for the most accurate plan at a given cost, and draft it"
MAX_PRINTED_CANDIDATES = 10
MAX_STATUS_POLLS, STATUS_POLL_INTERVAL_S = 20, 0.5
"""How many times, and how many seconds apart, the command asks the server whether the plan has been applied."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the node, the goal, and how long to search."""
    parser.add_argument("node", type=int, help="id of the node, shown in the address of its page")
    goal = parser.add_mutually_exclusive_group(required=True)
    text = (
        f"cost limit: the kind of cost ({', '.join(COST_NAMES)}) and its maximum, as a number or a percentage of the "
        "node's present value, such as 41%%"
    )
    goal.add_argument("--target", nargs=2, metavar=("COST", "VALUE"), help=text)
    text = "find the plan with the fewest MACs at which the network has at least this accuracy (0 to 1) before training"
    goal.add_argument("--accuracy", type=float, help=text)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="duration of the search in seconds (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="random seed of the search (default %(default)s)")
    text = "apply the best plan when the search ends, and train the network with the recommended settings"
    parser.add_argument("--apply", action="store_true", help=text)
    text = "with --apply, maximum duration of the training in seconds (default: the experiment's number of epochs)"
    parser.add_argument("--training-seconds", type=float, help=text)
    text = "also draft the plan on line N of the printed list"
    parser.add_argument("--draft", type=int, metavar="N", choices=range(1, MAX_PRINTED_CANDIDATES + 1), help=text)
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Searches, then prints the best plans and the draft made from the first. Raises InvalidInput if no plan reaches
    the goal.
    """
    if args.training_seconds is not None and not args.apply:
        raise InvalidInput("--training-seconds is only used with --apply; add --apply or leave it out.")
    client = Client(args.server)
    if args.target is not None:
        goal = parse_cost(args.target, client.node(args.node))
    else:
        goal = {"accuracy": args.accuracy}
    suggestion = client.suggest(
        args.node,
        goal=goal,
        seconds=args.seconds,
        seed=args.seed,
        apply=args.apply,
        training_seconds=args.training_seconds,
        show=show_progress,
    )
    sys.stderr.write("\n")
    if suggestion.plan_id is None:
        raise InvalidInput("No plan reached the goal; choose a goal that is closer to the node's present value.")
    sys.stdout.write("".join(map(format_candidate, suggestion.candidates[:MAX_PRINTED_CANDIDATES])))
    plan = next(plan for plan in client.plans(args.node) if plan.id == suggestion.plan_id)
    sys.stdout.write(describe_plan(plan))
    if args.apply:
        sys.stdout.write(_describe_applied_plan(client, suggestion))
    if args.draft is not None:
        sys.stdout.write(describe_plan(_draft_candidate(client, suggestion, args.draft)))
    return 0


def _describe_applied_plan(client: Client, suggestion: Suggestion) -> str:
    """Waits until the server has applied the best plan. Returns a line that names the new node, or says why there is
    none.
    """
    for _ in range(MAX_STATUS_POLLS):
        suggestion = client.suggestion(suggestion.id)
        if suggestion.apply_state != "waiting":
            break
        time.sleep(STATUS_POLL_INTERVAL_S)
    plan = next((plan for plan in client.plans(suggestion.node_id) if plan.id == suggestion.plan_id), None)
    if plan is not None and plan.child_id is not None:
        return f"node {client.node(plan.child_id).number} (id {plan.child_id}) is being created\n"
    return f"The plan was not applied: {suggestion.apply_error or 'the server took too long; check the node later.'}\n"


def _draft_candidate(client: Client, suggestion: Suggestion, line: int) -> Plan:
    """Drafts the plan on line `line` of the printed list. Raises InvalidInput if there is no such line."""
    if line > len(suggestion.candidates):
        raise InvalidInput(f"Only {len(suggestion.candidates)} plans were tried; --draft {line} is not one of them.")
    return client.draft_candidate(suggestion, line - 1)


def format_candidate(candidate: Candidate) -> str:
    """Returns a line with the accuracy of a plan, the number of images on which it was measured, and how the plan was
    found.
    """
    unseen_text = (
        "" if candidate.unseen is None else f", {candidate.unseen.accuracy:.2%} on images that the search did not use"
    )
    accuracy = candidate.reconstructed
    accuracy_text = f"{accuracy.accuracy:7.2%} on {accuracy.images} images{unseen_text}"
    return f"{accuracy_text}: {describe_candidate(candidate)} ({candidate.state})\n"
