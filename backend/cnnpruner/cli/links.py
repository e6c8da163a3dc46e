"""What `cnnpruner links` does."""

import argparse
import sys

from cnnpruner.client.client import Client
from cnnpruner.domain.sharing.links import Link, Mode

WORDS = {"read": "to look at", "edit": "to edit"}


def run(choice: argparse.Namespace) -> int:
    """Make, list or withdraw links of a running server."""
    client = Client(choice.server)
    if choice.action == "make":
        mode: Mode = "edit" if choice.edit else "read"
        view = f"experiment={choice.experiment}" + (f"&node={choice.node}" if choice.node else "")
        made = client.make_link(
            choice.experiment, mode, name=choice.name, may_export=choice.may_export, days=choice.days, view=view
        )
        sys.stdout.write(f"{choice.server.partition('#')[0].rstrip('/')}{made.path}\n")
    elif choice.action == "withdraw":
        client.withdraw_link(choice.link)
    else:
        sys.stdout.writelines(describe(link) + "\n" for link in client.links(choice.experiment))
    return 0


def describe(link: Link) -> str:
    """A line of the list."""
    parts = [f"link {link.id}", WORDS[link.mode], *(["with weights"] if link.may_export else [])]
    parts += [f"until {link.expires_at:%Y-%m-%d %H:%M} UTC"] if link.expires_at else []
    parts.append(f"used {link.used_at:%Y-%m-%d %H:%M} UTC" if link.used_at else "not used yet")
    return ", ".join(parts) + (f": {link.name}" if link.name else "")
