"""Criteria that score filters, their options, and a comparison of how similarly different criteria rank units."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value

OptionValue = float | str | bool
"""Value of one option of a criterion."""

OptionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
SingleWord = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,30}$")]
SingleLine = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]


AxisScale = Literal["log", "linear"]
ScoresToKeep = Literal["high", "low"]


class NumberOption(Value):
    """An option whose value is a number in a range."""

    kind: Literal["number"] = Field(default="number", description="Discriminator: always `number`.")
    name: OptionName = Field(description="Name of the option, as in `name:option=value`.")
    title: SingleLine = Field(
        description="Label of the option in a form, with the unit of measurement if there is one."
    )
    help: SingleLine = Field(description="One-line explanation of the option.")
    low: float = Field(description="Smallest allowed value.")
    high: float = Field(description="Largest allowed value.")
    default: float = Field(description="Value used if the option is not set.")
    whole: bool = Field(default=False, description="True if only whole numbers are allowed.")

    @model_validator(mode="after")
    def _check_default_in_range(self) -> Self:
        if not self.low <= self.default <= self.high or self.low == self.high:
            raise ValueError(f"the default {self.default} is not in the range from {self.low} to {self.high}")
        return self


class ChoiceOption(Value):
    """An option whose value is one word from a list."""

    kind: Literal["choice"] = Field(default="choice", description="Discriminator: always `choice`.")
    name: OptionName = Field(description="Name of the option, as in `name:option=value`.")
    title: SingleLine = Field(description="Label of the option in a form.")
    help: SingleLine = Field(description="One-line explanation of the option.")
    choices: list[SingleWord] = Field(min_length=2, max_length=20, description="Allowed values.")
    default: str = Field(description="Value used if the option is not set.")

    @model_validator(mode="after")
    def _check_default_is_a_choice(self) -> Self:
        if self.default not in self.choices:
            raise ValueError(f"the default {self.default} is not one of the choices")
        return self


class BooleanOption(Value):
    """An option that is either on or off."""

    kind: Literal["boolean"] = Field(default="boolean", description="Discriminator: always `boolean`.")
    name: OptionName = Field(description="Name of the option, as in `name:option=value`.")
    title: SingleLine = Field(description="Label of the option in a form.")
    help: SingleLine = Field(description="One-line explanation of the option.")
    default: bool = Field(description="Value used if the option is not set.")


Option = Annotated[NumberOption | ChoiceOption | BooleanOption, Field(discriminator="kind")]


class CriterionInfo(Value):
    """A criterion: its names, its options, and the data that it needs to compute scores."""

    name: str = Field(
        description="Name of the criterion, as used in `?criterion=` and in the rules of plans. Options are appended "
        "to the name: `name:option=value,option=value`."
    )
    title: str = Field(description="Name of the criterion in the literature.")
    short: str = Field(description="Short name of the criterion, used on the axes of charts and in sentences.")
    abbreviation: str = Field(description="One-word name of the criterion, used in narrow labels.")
    help: str = Field(description="One-line explanation of the criterion.")
    scale: AxisScale = Field(
        description="Scale of the axis that shows the criterion's scores. A logarithmic axis becomes linear if any "
        "score is negative."
    )
    keep: ScoresToKeep = Field(
        description="`high` if filters with high scores are kept, `low` if filters with low scores are kept."
    )
    needs: list[Literal["images", "labels", "weights"]] = Field(
        description="Data that the criterion needs to compute its scores."
    )
    unit: str = Field(description="Unit of measurement of the scores; empty for plain numbers.")
    options: list[Option] = Field(description="Options of the criterion.")
    source: str | None = Field(description="File or entry point of a user-defined criterion; null for built-in ones.")
    version: str = Field(
        description="First digits of the SHA-256 hash of a user-defined criterion's file; empty for built-in ones."
    )
    error: str | None = Field(description="Why the criterion was skipped and cannot be used; null if it works.")


class Agreement(Value):
    """How similarly criteria rank the free units of a node. In arrays with one entry per criterion, entry i belongs to
    `criteria[i]`.
    """

    node_id: int = Field(description="ID of the node whose units are ranked.")
    criteria: list[str] = Field(description="Names of the criteria, with their options.")
    unit: list[int] = Field(description="IDs of the free units.")
    correlation: list[list[float | None]] = Field(
        description="Matrix of Spearman's rank correlations, from -1 to 1. Each entry compares how two criteria "
        "rank the units that both of them score. Null if there are fewer than two such units or if one "
        "of the two criteria gives all of them the same score."
    )
    units: list[list[int]] = Field(description="Matrix with the number of units on which each correlation is based.")
    ranks: list[list[float | None]] = Field(
        description="For each criterion, the rank of each unit among the free units that the criterion scores. The "
        "unit with rank 1 is removed first; tied units share their average rank. Null if the criterion has no score "
        "for the unit."
    )
    skipped: dict[str, str] = Field(description="User-defined criteria that failed on this node, each with the reason.")
