"""`cnnpruner links`: share a tree with others."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client
from cnnpruner.domain.sharing.links import Link, LinkMode

HELP = "share a tree with others: create, list and revoke links"

LINK_MODE_LABELS = {"read": "view only", "edit": "can edit"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions `create`, `list` and `revoke`. Their names in version 0.1.0 still work: `make` for `create`, and
    `withdraw` for `revoke`.
    """
    actions = parser.add_subparsers(dest="action", required=True)
    create_parser = actions.add_parser(
        "create", aliases=["make"], help="create a link and print it; it cannot be shown again"
    )
    create_parser.add_argument("experiment", type=int, help="id of the experiment")
    create_parser.add_argument("--node", type=int, help="id of the node that is selected when the page opens")
    create_parser.add_argument("--edit", action="store_true", help="allow editing (default: view only)")
    create_parser.add_argument("--may-export", action="store_true", help="allow downloading weights")
    create_parser.add_argument("--name", default="", help="who or what the link is for")
    create_parser.add_argument("--days", type=float, help="days until the link expires (default: never)")
    list_parser = actions.add_parser("list", help="list the links to a tree")
    list_parser.add_argument("experiment", type=int, help="id of the experiment")
    revoke_parser = actions.add_parser("revoke", aliases=["withdraw"], help="revoke a link")
    revoke_parser.add_argument("link", type=int, help="id of the link")
    for parser_of_action in (create_parser, list_parser, revoke_parser):
        add_server_argument(parser_of_action)


def run(args: argparse.Namespace) -> int:
    """Creates, lists or revokes links on a running server."""
    client = Client(args.server)
    if args.action in ("create", "make"):
        mode: LinkMode = "edit" if args.edit else "read"
        view = f"experiment={args.experiment}" + (f"&node={args.node}" if args.node else "")
        created_link = client.create_link(
            args.experiment, mode, name=args.name, may_export=args.may_export, days=args.days, view=view
        )
        sys.stdout.write(f"{args.server.partition('#')[0].rstrip('/')}{created_link.path}\n")
    elif args.action in ("revoke", "withdraw"):
        client.revoke_link(args.link)
    else:
        sys.stdout.writelines(describe_link(link) + "\n" for link in client.links(args.experiment))
    return 0


def describe_link(link: Link) -> str:
    """Returns one line that describes `link`: its id, permissions, expiry, last use and name."""
    properties = [
        f"link {link.id}",
        LINK_MODE_LABELS[link.mode],
        *(["can download weights"] if link.may_export else []),
    ]
    properties += [f"expires {link.expires_at:%Y-%m-%d %H:%M} UTC"] if link.expires_at else []
    properties.append(f"last used {link.used_at:%Y-%m-%d %H:%M} UTC" if link.used_at else "not used yet")
    return ", ".join(properties) + (f": {link.name}" if link.name else "")
