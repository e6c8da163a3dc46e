"""What a Link is: a way into one tree for somebody who has no account, to look or to edit, until it is withdrawn."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

Mode = Literal["read", "edit"]


class NewLink(Value):
    """What its holder shall see and may do."""

    name: str = Field(default="", max_length=200, description="for whom or what, to know it again in the list")
    mode: Mode = Field(default="read", description="read: look only; edit: draft, apply, note, cancel as well")
    may_export: bool = Field(default=False, description="whether its holder may take weights away")
    view: str = Field(
        default="",
        max_length=4000,
        pattern=r"^[^#\s]*$",
        description="query string of the page that it opens, without ?",
    )
    days: float | None = Field(
        default=None, gt=0, le=3650, description="how long it is good, days; null: until withdrawn"
    )


class Link(Value):
    """A link that was made; its token is nowhere to be read again."""

    id: int = Field(description="of the link")
    experiment_id: int = Field(description="the only tree that it opens")
    name: str = Field(description="for whom or what")
    mode: Mode = Field(description="read: look only; edit: draft, apply, note, cancel as well")
    may_export: bool = Field(description="whether its holder may take weights away")
    view: str = Field(description="query string of the page that it opens, without ?")
    created_at: datetime = Field(description="UTC")
    expires_at: datetime | None = Field(description="UTC; null: good until it is withdrawn")
    used_at: datetime | None = Field(description="when it was last used, UTC, to the minute; null: never")


class CreatedLink(Value):
    """A new link with its token, which is shown this once."""

    link: Link = Field(description="as the list will show it")
    token: str = Field(description="256 random bits; the server keeps their SHA-256 alone")
    path: str = Field(description="append it to the server's address; the token stands behind #, so no log holds it")
