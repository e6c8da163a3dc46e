"""The criteria that filters can be scored by, and how far they agree."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value

Setting = float | str | bool
"""What an option is set to."""

OptionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,30}$")]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]


Scale = Literal["log", "linear"]


class NumberOption(Value):
    """A number in a range."""

    kind: Literal["number"] = Field(default="number", description="tells options apart")
    name: OptionName = Field(description="as in `name:option=value`")
    title: Line = Field(description="with its unit, where it has one")
    help: Line = Field(description="one line for a person")
    low: float = Field(description="smallest that is allowed")
    high: float = Field(description="largest that is allowed")
    default: float = Field(description="what it is where nobody sets it")
    whole: bool = Field(default=False, description="only whole numbers")

    @model_validator(mode="after")
    def _default_in_range(self) -> Self:
        if not self.low <= self.default <= self.high or self.low == self.high:
            raise ValueError(f"the default {self.default} is not in a range from {self.low} to {self.high}")
        return self


class ChoiceOption(Value):
    """One of several words."""

    kind: Literal["choice"] = Field(default="choice", description="tells options apart")
    name: OptionName = Field(description="as in `name:option=value`")
    title: Line = Field(description="what a form calls it")
    help: Line = Field(description="one line for a person")
    choices: list[Word] = Field(min_length=2, max_length=20, description="words that it can be")
    default: str = Field(description="what it is where nobody sets it")

    @model_validator(mode="after")
    def _default_is_choice(self) -> Self:
        if self.default not in self.choices:
            raise ValueError(f"the default {self.default} is none of the choices")
        return self


class BooleanOption(Value):
    """Yes or no."""

    kind: Literal["boolean"] = Field(default="boolean", description="tells options apart")
    name: OptionName = Field(description="as in `name:option=value`")
    title: Line = Field(description="what a form calls it")
    help: Line = Field(description="one line for a person")
    default: bool = Field(description="what it is where nobody sets it")


Option = Annotated[NumberOption | ChoiceOption | BooleanOption, Field(discriminator="kind")]


class CriterionInfo(Value):
    """What a person needs to know to choose a criterion."""

    name: str = Field(
        description="as in `?criterion=` and in rules of plans, where options follow: `name:option=value,option=value`"
    )
    title: str = Field(description="as the literature calls it")
    short: str = Field(description="in a few words, as axes and sentences name it")
    abbreviation: str = Field(description="in one word, as it stands beside a bar")
    help: str = Field(description="one line for a person")
    scale: Scale = Field(description="axis of its values; a logarithmic one is linear where a value is below 0")
    keep: Literal["high", "low"] = Field(description="orientation: which end of the scale the criterion keeps")
    needs: list[Literal["images", "labels", "weights"]] = Field(description="what it looks at")
    unit: str = Field(description="unit of its values; empty for plain numbers")
    options: list[Option] = Field(description="what can be set")
    source: str | None = Field(description="file or entry point of a user's criterion; null: comes with the program")
    version: str = Field(
        description="first digits of the SHA-256 of a user's file; empty where it comes with the program"
    )
    error: str | None = Field(description="why it was skipped and cannot be used; null: it works")


class Agreement(Value):
    """How alike criteria order the free units of a node. Arrays over criteria are in the order of `criteria`."""

    node_id: int = Field(description="the node whose units they order")
    criteria: list[str] = Field(description="names, with their options")
    unit: list[int] = Field(description="ids of the free units")
    correlation: list[list[float | None]] = Field(
        description="Spearman's rank correlation in keep-order, -1-1, over the units that both score; null with fewer "
        "than two such units or where one criterion scores all of them alike"
    )
    units: list[list[int]] = Field(description="how many units each correlation is over")
    ranks: list[list[float | None]] = Field(
        description="per criterion and unit its place among the scored free units, 1 goes first, ties averaged; null "
        "where the criterion has no value"
    )
    skipped: dict[str, str] = Field(description="criterion of a user that failed on this node -> why")
