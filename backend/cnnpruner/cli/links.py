"""`cnnpruner links`: let others see a tree."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server
from cnnpruner.client.client import Client
from cnnpruner.domain.sharing.links import Link, Mode

HELP = "let others see a tree: make, list and withdraw links"

WORDS = {"read": "to look at", "edit": "to edit"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = parser.add_subparsers(dest="action", required=True)
    make = actions.add_parser("make", help="print a new link; it is told this once")
    make.add_argument("experiment", type=int, help="its number")
    make.add_argument("--node", type=int, help="id of the node that it opens")
    make.add_argument("--edit", action="store_true", help="its holder may edit; else look only")
    make.add_argument("--may-export", action="store_true", help="its holder may take weights away")
    make.add_argument("--name", default="", help="for whom, to know it again")
    make.add_argument("--days", type=float, help="how long it is good; else until it is withdrawn")
    listing = actions.add_parser("list", help="all links to a tree")
    listing.add_argument("experiment", type=int, help="its number")
    withdraw = actions.add_parser("withdraw", help="let a link open nothing any more")
    withdraw.add_argument("link", type=int, help="its number")
    for action in (make, listing, withdraw):
        add_server(action)


def run(choice: argparse.Namespace) -> int:
    """Make, list or withdraw links of a running server."""
    client = Client(choice.server)
    if choice.action == "make":
        mode: Mode = "edit" if choice.edit else "read"
        view = f"experiment={choice.experiment}" + (f"&node={choice.node}" if choice.node else "")
        made = client.create_link(
            choice.experiment, mode, name=choice.name, may_export=choice.may_export, days=choice.days, view=view
        )
        sys.stdout.write(f"{choice.server.partition('#')[0].rstrip('/')}{made.path}\n")
    elif choice.action == "withdraw":
        client.revoke_link(choice.link)
    else:
        sys.stdout.writelines(describe(link) + "\n" for link in client.links(choice.experiment))
    return 0


def describe(link: Link) -> str:
    """A line of the list."""
    parts = [f"link {link.id}", WORDS[link.mode], *(["with weights"] if link.may_export else [])]
    parts += [f"until {link.expires_at:%Y-%m-%d %H:%M} UTC"] if link.expires_at else []
    parts.append(f"used {link.used_at:%Y-%m-%d %H:%M} UTC" if link.used_at else "not used yet")
    return ", ".join(parts) + (f": {link.name}" if link.name else "")
