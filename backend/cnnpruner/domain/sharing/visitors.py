"""Visitors: who sent a request, and what they may see and do."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.sharing.links import LinkMode


class Visitor(Value):
    """Who sent a request. The owner may do everything; the holder of a link may do what the link allows."""

    kind: Literal["owner", "link", "nobody"] = Field(
        description="`owner`: the owner of the server. `link`: the holder of a link. `nobody`: someone without a token."
    )
    mode: LinkMode = Field(
        description="`read`: view only. `edit`: also create and apply plans, edit notes and cancel jobs."
    )
    may_export: bool = Field(description="Whether the visitor may download weights.")
    experiment_id: int | None = Field(
        description="ID of the only experiment that the visitor can see; null if the visitor can see all experiments."
    )
    link_id: int | None = Field(description="ID of the link that was used; null if no link was used.")
    name: str = Field(description="Name of the link that was used; empty if no link was used.")
    is_open: bool = Field(
        description="Whether the server requires no token, because it can only be reached from its own machine."
    )

    def may_see(self, experiment_id: int | None) -> bool:
        """Returns whether the visitor may see objects that belong to this experiment, or to no experiment if
        `experiment_id` is None.
        """
        return self.kind == "owner" or (experiment_id is not None and experiment_id == self.experiment_id)


class Token(Value):
    """A token to exchange for a session cookie."""

    token: str = Field(min_length=1, max_length=500, description="Token of a link, or the owner's token.")


OWNER = Visitor(kind="owner", mode="edit", may_export=True, experiment_id=None, link_id=None, name="", is_open=False)
LOCAL_OWNER = OWNER.model_copy(update={"is_open": True})
"""The visitor of a server that requires no token: anyone on its machine counts as the owner."""
NOBODY = Visitor(kind="nobody", mode="read", may_export=False, experiment_id=None, link_id=None, name="", is_open=False)
