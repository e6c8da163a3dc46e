"""Parses new experiments that are given as dictionaries."""

from typing import Any

from pydantic import ValidationError

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import InvalidInput


def parse_new_experiment(body: dict[str, Any]) -> NewExperiment:
    """Converts `body` to a new experiment. Raises InvalidInput with a message that names each invalid field."""
    try:
        return NewExperiment.model_validate(body)
    except ValidationError as error:
        errors = "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors())
        raise InvalidInput(f"The experiment is not valid: {errors}.") from error
