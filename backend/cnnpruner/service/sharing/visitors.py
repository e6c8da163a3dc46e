"""Identifies who sent a request. The holder of a link can see only the tree that the link opens."""

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


def identify_visitor(workspace: Workspace, token: str | None) -> Visitor:
    """Returns the visitor with this token.

    If no token was sent, returns the owner if the server requires no token, otherwise `NOBODY`. Raises Unauthorized if
    the token is invalid, revoked or expired.
    """
    if token is None:
        return LOCAL_OWNER if workspace.config.token is None else NOBODY
    if _is_owner_token(workspace.config, token):
        return OWNER
    link = workspace.store.links.find_valid_link(hash_token(token))
    if link is None:
        raise Unauthorized("This link has been revoked or has expired; ask the owner of the tree for a new one.")
    return _visitor_from_link(link)


def _is_owner_token(config: Config, token: str) -> bool:
    return config.token is not None and hmac.compare_digest(hash_token(token), hash_token(config.token))


def _visitor_from_link(link: Link) -> Visitor:
    return Visitor(
        kind="link",
        mode=link.mode,
        may_export=link.may_export,
        experiment_id=link.experiment_id,
        link_id=link.id,
        name=link.name,
        is_open=False,
    )


def load_if_visible(
    workspace: Workspace, name: str, load: Callable[[], T], get_experiment_id: Callable[[T], int | None]
) -> T:
    """Returns the object that `load` returns, if the visitor may see it.

    Otherwise raises NotFound, with a message that does not reveal whether the object exists. name: how the error refers
    to the object. get_experiment_id: function that returns the id of the experiment to which the loaded object belongs.
    """
    if workspace.visitor.kind == "owner":
        return load()
    not_found_error = NotFound(f"This link does not give access to {name}.")
    try:
        loaded_object = load()
        if workspace.visitor.may_see(get_experiment_id(loaded_object)):
            return loaded_object
    except NotFound:
        raise not_found_error from None
    raise not_found_error


def find_node(workspace: Workspace, node_id: int) -> Node:
    """Returns the node if the visitor may see it. Otherwise raises NotFound."""
    return load_if_visible(
        workspace, f"node {node_id}", lambda: workspace.store.nodes.get(node_id), lambda node: node.experiment_id
    )


def require_compute_permission(workspace: Workspace, message_start: str) -> None:
    """Raises Forbidden for visitors who may only view.

    message_start: first clause of the error message, for instance "The scores for criterion l1 have not been computed
    yet".
    """
    if workspace.visitor.kind != "owner" and workspace.visitor.mode == "read":
        raise Forbidden(
            f"{message_start}, and a view-only link cannot start jobs; ask the owner of the tree to open this view "
            "once."
        )
