"""Status of the server: version, device, workers and storage."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class Health(Value):
    """Status of the server. It can be requested as soon as the server is up, even before the demo has been trained."""

    status: Literal["ok"] = Field(description="Always `ok` when the server responds.")
    version: str = Field(description="Version of CNNPruner that the server runs.")
    device: str | None = Field(
        description="Device that jobs run on, such as `cpu` or `cuda:0`; null until the worker has reported it."
    )
    runner: str = Field(description="Name of the runner that executes jobs, such as `local`.")
    database: str = Field(description="Kind of database, such as `sqlite`.")
    storage: Literal["ok", "copy", "missing"] = Field(
        description="`ok`: no problems. `missing`: the database or the model store has been moved or deleted, and "
        "every request that writes is answered with 503. `copy`: the model store belongs to another database, and "
        "nodes cannot be created or deleted."
    )
    notices: list[str] = Field(
        description="Problems with the database and the model store, and how to fix them. Only shown to the owner."
    )
    workers: dict[str, bool] = Field(
        description="For each queue name, whether the queue's worker is ready for jobs; false while the worker is "
        "starting."
    )
