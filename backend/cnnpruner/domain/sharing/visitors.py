"""What a Visitor is: who a request comes from, and so what it may see and do."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.sharing.links import Mode


class Visitor(Value):
    """The owner may do all, the holder of a link what the link says, nobody nothing."""

    kind: Literal["owner", "link", "nobody"] = Field(
        description="the owner of the server, the holder of a link, or nobody"
    )
    mode: Mode = Field(description="read: look only; edit: draft, apply, note, cancel as well")
    may_export: bool = Field(description="whether weights may be taken away")
    experiment_id: int | None = Field(description="the only tree that is seen; null: all")
    link_id: int | None = Field(description="the link that was used")
    name: str = Field(description="of the link")
    is_open: bool = Field(description="this server answers its own machine alone, and asks nobody for a token")

    def sees(self, experiment_id: int | None) -> bool:
        """Whether that tree, or what belongs to none (null), is open to this visitor."""
        return self.kind == "owner" or (experiment_id is not None and experiment_id == self.experiment_id)


class Token(Value):
    """What is given for a cookie."""

    token: str = Field(min_length=1, max_length=500, description="of a link, or the owner's")


OWNER = Visitor(kind="owner", mode="edit", may_export=True, experiment_id=None, link_id=None, name="", is_open=False)
HOST = OWNER.model_copy(update={"is_open": True})
"""Whoever sits at the machine of a server that asks for no token."""
NOBODY = Visitor(kind="nobody", mode="read", may_export=False, experiment_id=None, link_id=None, name="", is_open=False)
