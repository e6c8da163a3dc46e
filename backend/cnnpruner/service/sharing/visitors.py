"""Who a request comes from, and what is hidden from the holder of a link."""

import hmac
from collections.abc import Callable
from typing import TypeVar

from cnnpruner.config import Config
from cnnpruner.domain.sharing.links import Link
from cnnpruner.domain.sharing.visitors import LOCAL_OWNER, NOBODY, OWNER, Visitor
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import Forbidden, NotFound, Unauthorized
from cnnpruner.service.sharing.links import hash_token
from cnnpruner.service.workspace import Workspace

T = TypeVar("T")


def recognise(workspace: Workspace, token: str | None) -> Visitor:
    """The visitor of a token; of none: the owner on a server that asks for no token, else nobody.

    Raises Unauthorized for a token that opens nothing (any more).
    """
    if token is None:
        return LOCAL_OWNER if workspace.config.token is None else NOBODY
    if _is_owners(workspace.config, token):
        return OWNER
    link = workspace.store.links.use(hash_token(token))
    if link is None:
        raise Unauthorized("This link was withdrawn or its time is over; ask the owner of the tree for another.")
    return _holder(link)


def _is_owners(config: Config, token: str) -> bool:
    return config.token is not None and hmac.compare_digest(hash_token(token), hash_token(config.token))


def _holder(link: Link) -> Visitor:
    return Visitor(
        kind="link",
        mode=link.mode,
        may_export=link.may_export,
        experiment_id=link.experiment_id,
        link_id=link.id,
        name=link.name,
        is_open=False,
    )


def find(workspace: Workspace, what: str, get: Callable[[], T], tree: Callable[[T], int | None]) -> T:
    """What `get` gives where the visitor may see it; what is hidden and what is not there look the same.

    `tree` tells the experiment that a found thing belongs to. Raises NotFound.
    """
    if workspace.visitor.kind == "owner":
        return get()
    hidden = NotFound(f"There is no {what} in the tree that this link opens.")
    try:
        found = get()
        if workspace.visitor.sees(tree(found)):
            return found
    except NotFound:
        raise hidden from None
    raise hidden


def find_node(workspace: Workspace, node_id: int) -> Node:
    """The node where the visitor may see it. Raises NotFound."""
    return find(
        workspace, f"node {node_id}", lambda: workspace.store.nodes.get(node_id), lambda node: node.experiment_id
    )


def require_work_allowed(workspace: Workspace, what: str) -> None:
    """Refuse to compute `what` for somebody who may only look."""
    if workspace.visitor.kind != "owner" and workspace.visitor.mode == "read":
        raise Forbidden(
            f"{what} not computed yet, and a link for looking only starts no work; ask the owner to open it once."
        )
