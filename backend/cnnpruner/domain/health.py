"""Whether the server is up, and with what."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class Health(Value):
    """Answered as soon as the server is up, before the demo is trained."""

    status: Literal["ok"] = Field(description="the server answers")
    version: str = Field(description="of the program")
    device: str | None = Field(description="cpu or cuda:0; null until the worker has said so")
    runner: str = Field(description="what runs the jobs")
    database: str = Field(description="kind of the database")
    storage: Literal["ok", "copy", "missing"] = Field(
        description="missing: database or model store are not at their places, so that all that writes is answered "
        "503; copy: the model store belongs to another database, so that nodes are neither made nor deleted"
    )
    notices: list[str] = Field(description="what the owner should know of both, with the cure; empty for others")
    workers: dict[str, bool] = Field(description="queue -> its worker process takes jobs; false while it starts")
