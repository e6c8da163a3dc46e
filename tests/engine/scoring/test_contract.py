"""Built-in criteria meet the contract, and every violation is named."""

from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.criteria import Option
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.scoring.contract import check_contract
from cnnpruner.engine.scoring.scoring_pass import score_without_images
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.criteria import (
    CRITERIA,
    BooleanOption,
    Criterion,
    DataCriterion,
    FilterCriterion,
    NumberOption,
    StaticCriterion,
)
from cnnpruner.planning.criteria.base import FloatArray
from cnnpruner.planning.criteria.descriptions import describe
from tests.zoo import IMAGE, make


@pytest.mark.parametrize("name", list(CRITERIA))
def test_built_in_criteria_meet_the_contract(name: str) -> None:
    check_contract(type(CRITERIA[name]))


class Good(FilterCriterion):
    """Meets the contract; each of the others violates it once."""

    name, title, help, keep = "good", "Good", "Sum of squares.", "high"
    options: ClassVar[tuple[Option, ...]] = (NumberOption(name="power", title="p", help="h", low=1, high=4, default=2),)

    def filter_values(self, weight: Tensor) -> Tensor:
        return (weight.abs() ** float(self.settings["power"])).sum(1)


class GoodData(DataCriterion):
    """Meets the contract with one method."""

    name, title, help, keep = "good_data", "Good", "Gradient.", "high"
    needs = frozenset({"images", "labels"})

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        return gradient.abs().sum(2)


class BadName(Good):
    name = "Not a name"


class BadKeep(Good):
    keep = "middle"  # type: ignore[assignment]


class BadLabel(Good):
    short = "two\nlines"


class BadScale(Good):
    scale = "square"  # type: ignore[assignment]


class WrongShape(Good):
    def filter_values(self, weight: Tensor) -> Tensor:
        return weight.abs()


class NoTensor(Good):
    def filter_values(self, weight: Tensor) -> Tensor:
        return weight.sum().item()  # type: ignore[return-value]


class NotFinite(Good):
    def filter_values(self, weight: Tensor) -> Tensor:
        return weight.log().sum(1)


class InPlace(Good):
    def filter_values(self, weight: Tensor) -> Tensor:
        return weight.abs_().sum(1) + float(self.settings["power"])


class Unseeded(Good):
    def filter_values(self, weight: Tensor) -> Tensor:
        return torch.rand(len(weight)) + float(self.settings["power"])


class Unread(Good):
    options = (*Good.options, BooleanOption(name="unused", title="u", help="h", default=False))


class FailsAtMaximum(Good):
    def filter_values(self, weight: Tensor) -> Tensor:
        return (weight.abs().sum(1)) / (4 - float(self.settings["power"]))


class WrongChannels(GoodData):
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        return inputs.mean(0)


class ChangesImages(GoodData):
    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        return inputs.detach().mul_(2).sum(2)


class ChangesWeights(StaticCriterion):
    name, title, help, keep = "zeroing", "Zeroing", "Zeroes the weights.", "high"
    needs = frozenset({"weights"})

    def values(self, network: nn.Module, layers: Layers, seed: int) -> FloatArray:
        with torch.no_grad():
            next(network.parameters()).zero_()
        return score_without_images(network, layers, CRITERIA["random"], seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Good, GoodData])
def test_a_class_with_one_method_meets_the_contract(kind: type[Criterion]) -> None:
    check_contract(kind)


class Labelled(Good):
    name, short, scale = "two_words", "two short words", "linear"


def test_labels_and_scale_are_as_declared_or_derived_from_the_name() -> None:
    derived, labelled = describe(GoodData), describe(Labelled)
    assert (derived.short, derived.abbreviation, derived.scale) == ("good data", "good data", "log")
    assert (labelled.short, labelled.abbreviation, labelled.scale) == ("two short words", "two short words", "linear")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (BadName, "lower-case letters"),
        (BadKeep, "'high' or 'low'"),
        (BadLabel, "`short` must be one line"),
        (BadScale, "'log' or 'linear'"),
        (WrongShape, r"shape \[6, 27\] instead of \[F\] = \[6\]"),
        (NoTensor, "returns float instead of a tensor"),
        (NotFinite, "not finite for"),
        (InPlace, "changes its input tensors"),
        (Unseeded, "different values when it is called again"),
        (Unread, "option unused but never reads"),
        (FailsAtMaximum, r"With the option power = 4"),
        (WrongChannels, r"\[N, C\] = \[4, 6\]"),
        (ChangesImages, "changes its input tensors"),
        (ChangesWeights, "changes the network's weights"),
    ],
)
def test_a_criterion_that_violates_the_contract_is_refused_with_the_reason(kind: type[Criterion], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        check_contract(kind)


def test_options_of_built_in_criteria_have_the_described_effect() -> None:
    network = make("vgg")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))

    def values(name: str, **settings: float | str | bool) -> FloatArray:
        kind = type(CRITERIA[name])
        criterion = kind(settings)
        assert isinstance(criterion, StaticCriterion)
        return score_without_images(network, layers, criterion, seed=5)

    ratio = values("l1") / values("l1", per_weight=True)
    first = network.get_parameter(f"{layers.layers[0].name}.weight")
    assert ratio[0] == pytest.approx(first[0].numel())
    assert (values("random", draw=1) != values("random")).all()
    scaled = make("vgg")
    with torch.no_grad():
        scaled.get_parameter(f"{layers.layers[0].name}.weight").mul_(3)
    cosine = type(CRITERIA["fpgm"])({"distance": "cosine"})
    assert isinstance(cosine, StaticCriterion)
    scores = score_without_images(scaled, layers, cosine, 5)
    assert scores == pytest.approx(values("fpgm", distance="cosine"), rel=1e-5), "the length of filters does not matter"
