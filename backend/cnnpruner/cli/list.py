"""`cnnpruner list`: list the experiments, data sets and networks of a server, or the nodes of one experiment."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client
from cnnpruner.domain.markup import percent
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.drawing import provenance

HELP = "list the experiments, data sets and networks of a running server, or the nodes of an experiment"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the experiment and the server."""
    parser.add_argument(
        "experiment", type=int, nargs="?", help="id of an experiment: list its nodes and how they were trained"
    )
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Lists the experiments, data sets and networks of a running server, or the nodes of an experiment."""
    client = Client(args.server)
    sys.stdout.write(
        list_server_contents(client) if args.experiment is None else list_nodes(client.tree(args.experiment))
    )
    return 0


def list_server_contents(client: Client) -> str:
    """Returns one line for each experiment, data set, checkpoint and network of the server."""
    data_listing = client.data()
    lines = [
        *(f"experiment {entry.id}: {entry.name} ({entry.nodes} nodes)" for entry in client.experiments()),
        *(f"{entry.kind}: {entry.path or 'built in'}" for entry in data_listing.entries),
        *(f"network {network.name}: {network.title}" for network in data_listing.networks),
    ]
    if data_listing.timm_networks:
        lines.append(f"network timm:NAME: any of {len(data_listing.timm_networks):,} networks from timm")
    return "".join(f"{line}\n" for line in lines)


def list_nodes(nodes: list[Node]) -> str:
    """Returns one line for each node, followed by indented lines about its training and its forecast accuracy."""
    number_by_id = {node.id: node.number for node in nodes}
    return "".join(f"{line}\n" for node in nodes for line in _describe_node(node, number_by_id))


def _describe_node(node: Node, number_by_id: dict[int, int]) -> list[str]:
    if node.state != "ready":
        return [f"node {node.number}: {node.state}"]
    recovery_text = {True: ", recovered", False: ", not recovered", None: ""}[node.recovered]
    pairs = zip(provenance.COLUMN_NAMES[1:], provenance.describe_provenance(node, number_by_id)[1:], strict=True)
    return [
        f"node {node.number}: accuracy {percent(node.accuracy)}{recovery_text}, {node.parameters:,} parameters",
        *(f"  note: {notice}" for notice in node.notices),
        *([f"  recovery not judged: {node.recovered_reason}"] if node.recovered_reason else []),
        *(f"  {name}: {text}" for name, text in pairs),
    ]
