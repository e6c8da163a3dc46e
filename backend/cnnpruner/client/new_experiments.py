"""What a person wrote by hand as values."""

from typing import Any

from pydantic import ValidationError

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import InvalidInput


def read_new(body: dict[str, Any]) -> NewExperiment:
    """The wish for a new experiment; raises InvalidInput that names each field in which it cannot be one."""
    try:
        return NewExperiment.model_validate(body)
    except ValidationError as error:
        errors = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InvalidInput(f"This makes no experiment: {errors}.") from error
