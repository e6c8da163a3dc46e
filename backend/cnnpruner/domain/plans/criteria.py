"""Criteria that score filters, their options, and how similarly they rank units."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value

OptionValue = float | str | bool
"""Value of an option."""

OptionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
OneWord = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,30}$")]
OneLine = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]


Scale = Literal["log", "linear"]
KeepDirection = Literal["high", "low"]


class NumberOption(Value):
    """An option whose value is a number in a range."""

    kind: Literal["number"] = Field(default="number", description="Discriminator: always `number`.")
    name: OptionName = Field(description="Name of the option, as in `name:option=value`.")
    title: OneLine = Field(description="Label for a form, with the unit if there is one.")
    help: OneLine = Field(description="One line that explains the option.")
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
    """An option whose value is one of a list of words."""

    kind: Literal["choice"] = Field(default="choice", description="Discriminator: always `choice`.")
    name: OptionName = Field(description="Name of the option, as in `name:option=value`.")
    title: OneLine = Field(description="Label for a form.")
    help: OneLine = Field(description="One line that explains the option.")
    choices: list[OneWord] = Field(min_length=2, max_length=20, description="Allowed values.")
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
    title: OneLine = Field(description="Label for a form.")
    help: OneLine = Field(description="One line that explains the option.")
    default: bool = Field(description="Value used if the option is not set.")


Option = Annotated[NumberOption | ChoiceOption | BooleanOption, Field(discriminator="kind")]


class CriterionInfo(Value):
    """A criterion: its names, its options, and what it computes its scores from."""

    name: str = Field(
        description="Name, as used in `?criterion=` and in the rules of plans. Options follow the name: "
        "`name:option=value,option=value`."
    )
    title: str = Field(description="Name used in the literature.")
    short: str = Field(description="Short name for axes and sentences.")
    abbreviation: str = Field(description="One-word name for narrow labels.")
    help: str = Field(description="One line that explains the criterion.")
    scale: Scale = Field(
        description="Scale of the axis for the criterion's scores. A logarithmic axis becomes linear if a "
        "score is negative."
    )
    keep: KeepDirection = Field(
        description="`high` if filters with high scores are kept, `low` if filters with low scores are kept."
    )
    needs: list[Literal["images", "labels", "weights"]] = Field(
        description="Data that the criterion computes its scores from."
    )
    unit: str = Field(description="Unit of measurement of the scores; empty for plain numbers.")
    options: list[Option] = Field(description="Options that can be set.")
    source: str | None = Field(description="File or entry point of a user-defined criterion; null for built-in ones.")
    version: str = Field(
        description="First digits of the SHA-256 of a user-defined criterion's file; empty for built-in ones."
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
        description="Spearman's rank correlation of the orders in which two criteria keep units, from -1 to 1, over "
        "the units that both criteria score. Null if there are fewer than two such units or if one criterion "
        "scores all of them equally."
    )
    units: list[list[int]] = Field(description="Number of units that each correlation is computed over.")
    ranks: list[list[float | None]] = Field(
        description="Rank of each unit among the scored free units, per criterion. Rank 1 is removed first; ties "
        "are averaged. Null if the criterion has no score for the unit."
    )
    skipped: dict[str, str] = Field(description="User-defined criteria that failed on this node, each with the reason.")
