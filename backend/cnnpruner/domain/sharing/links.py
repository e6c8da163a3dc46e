"""Links: access to one tree without an account, to view or to edit it, until the link is revoked or expires."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

LinkMode = Literal["read", "edit"]


class NewLink(Value):
    """A link to create: what it is for, what its holder may do, what it opens, and when it expires."""

    name: str = Field(
        default="", max_length=200, description="Who or what the link is for. Shown in the list of links."
    )
    mode: LinkMode = Field(
        default="read",
        description="`read`: view only. `edit`: also create and apply plans, edit notes and cancel jobs.",
    )
    may_export: bool = Field(default=False, description="Whether the holder may download weights.")
    view: str = Field(
        default="",
        max_length=4000,
        pattern=r"^[^#\s]*$",
        description="Query string of the page that the link opens, without the leading `?`.",
    )
    days: float | None = Field(
        default=None, gt=0, le=3650, description="Number of days until the link expires; null if it should not expire."
    )


class Link(Value):
    """A link to one tree. Its token is only shown when the link is created."""

    id: int = Field(description="ID of the link.")
    experiment_id: int = Field(description="ID of the experiment whose tree the link opens.")
    name: str = Field(description="Who or what the link is for.")
    mode: LinkMode = Field(
        description="`read`: view only. `edit`: also create and apply plans, edit notes and cancel jobs."
    )
    may_export: bool = Field(description="Whether the holder may download weights.")
    view: str = Field(description="Query string of the page that the link opens, without the leading `?`.")
    created_at: datetime = Field(description="When the link was created (UTC).")
    expires_at: datetime | None = Field(description="When the link expires (UTC); null if it does not expire.")
    used_at: datetime | None = Field(
        description="When the link was last used (UTC), rounded to the minute; null if it has not been used."
    )


class CreatedLink(Value):
    """A new link with its token. The token cannot be retrieved again."""

    link: Link = Field(description="The link as it appears in the list of links.")
    token: str = Field(description="The secret token: 256 random bits. The server only stores its SHA-256 hash.")
    path: str = Field(
        description="Path to append to the server's address. The token comes after `#`, so it never appears in "
        "server logs."
    )
