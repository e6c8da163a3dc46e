"""What every criterion has to do, checked on a small network: ours by our tests, users' before they are used."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption, Option, OptionValue
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.scoring.scoring_pass import score_static, score_units
from cnnpruner.engine.scoring.toy_network import SEED, toy_images, toy_network
from cnnpruner.errors import CNNPrunerError, InvalidInput
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, FilterCriterion, Floats, StaticCriterion

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


def check_contract(kind: type[Criterion]) -> None:
    """Raises InvalidInput with the first reason why the class is no criterion that can be used.

    It describes itself; gives one finite value for each free unit, by any value of its options, each of which it reads;
    gives the same again on a second call; leaves network, tensors and images as they were.
    """
    _check_description(kind)
    network, layers = toy_network()
    _check_method(kind())
    first = _score(kind(), network, layers)
    _check_values(first, layers)
    if not np.array_equal(first, _score(kind(), network, layers), equal_nan=True):
        raise InvalidInput("It gives other values when it is asked again; draw random numbers from `seed` alone.")
    _check_options(kind, network, layers)


def _check_options(kind: type[Criterion], network: nn.Module, layers: Layers) -> None:
    read: set[str] = set()
    for option in kind.options:
        for value in _extremes(option):
            try:
                _check_values(_score(_watched(kind, {option.name: value}, read), network, layers), layers)
            except CNNPrunerError as error:
                raise InvalidInput(f"With {option.name} = {value}: {error.message}") from error
    unread = [option.name for option in kind.options if option.name not in read]
    if unread:
        raise InvalidInput(f"It declares option {unread[0]} but never reads self.settings[{unread[0]!r}].")


def _check_description(kind: type[Criterion]) -> None:
    lacking = [field for field in ("name", "title", "help", "keep", "needs") if not hasattr(kind, field)]
    if lacking:
        raise InvalidInput(f"It lacks `{lacking[0]}`.")
    if not isinstance(kind.name, str) or not _NAME.fullmatch(kind.name):
        raise InvalidInput(f"Its name {kind.name!r} is not of small letters, digits and _ (30 at most).")
    for field in ("title", "help"):
        text = getattr(kind, field)
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise InvalidInput(f"Its `{field}` is not one line of text.")
    for field in ("short", "abbreviation"):
        text = getattr(kind, field)
        if not isinstance(text, str) or "\n" in text:
            raise InvalidInput(f"Its `{field}` is not one line of text.")
    if kind.scale not in ("log", "linear"):
        raise InvalidInput(f"Its `scale` is {kind.scale!r}, not 'log' or 'linear'.")
    if kind.keep not in ("high", "low"):
        raise InvalidInput(f"Its `keep` is {kind.keep!r}, not 'high' or 'low'.")
    if not set(kind.needs) <= {"weights", "images", "labels"}:
        raise InvalidInput(f"Its `needs` {set(kind.needs)} are not of 'weights', 'images', 'labels'.")
    if not all(isinstance(one, NumberOption | ChoiceOption | BooleanOption) for one in kind.options):
        raise InvalidInput("Its `options` are not all a NumberOption, ChoiceOption or BooleanOption.")
    names = [option.name for option in kind.options]
    if len(set(names)) < len(names):
        raise InvalidInput(f"Its options {names} do not all have names of their own.")


def _check_method(criterion: Criterion) -> None:
    """Shapes of what the one method gives, on tensors of its own, and that it leaves those alone."""
    generator = torch.Generator().manual_seed(SEED)
    if isinstance(criterion, FilterCriterion):
        weight = torch.randn(6, 27, generator=generator, dtype=torch.float64)
        _check_shape("filter_values", _unchanged(criterion.filter_values, weight), (6,), "[F]")
    if isinstance(criterion, DataCriterion):
        inputs, gradient = torch.randn(2, 4, 6, 9, generator=generator)  # [N, C, P]
        sums = _unchanged(criterion.channel_values, inputs, gradient)
        _check_shape("channel_values", sums, (4, 6), "[N, C]")
        _check_shape("unit_values", _unchanged(criterion.unit_values, sums), (6,), "[U]")


def _unchanged(method: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
    before = [tensor.clone() for tensor in tensors]
    answer = method(*tensors)
    if not all(map(torch.equal, before, tensors)):
        raise InvalidInput(f"{getattr(method, '__name__', 'It')} changes the tensors that it is given; work on copies.")
    return answer


def _check_shape(method: str, answer: object, shape: tuple[int, ...], letters: str) -> None:
    if not isinstance(answer, Tensor):
        raise InvalidInput(f"{method} gives no tensor {letters} but {type(answer).__name__}.")
    if tuple(answer.shape) != shape:
        raise InvalidInput(f"{method} gives shape {list(answer.shape)} where {letters} is {list(shape)}.")


def _check_values(found: Floats, layers: Layers) -> None:
    free = np.array([unit.free for unit in layers.units])
    broken = int((~np.isfinite(found[free])).sum())
    if broken:
        raise InvalidInput(f"It has no finite value for {broken} of {int(free.sum())} free units.")


def _score(criterion: Criterion, network: nn.Module, layers: Layers) -> Floats:
    """Values [U], after which the network must be as it was."""
    before, images = copy.deepcopy(network.state_dict()), toy_images()
    if isinstance(criterion, DataCriterion):
        found = score_units(network, layers, images, [criterion])[criterion.spec].score
    else:
        assert isinstance(criterion, StaticCriterion)
        found = score_static(network, layers, criterion, SEED)
    if not all(torch.equal(value, before[key]) for key, value in network.state_dict().items()):
        raise InvalidInput("It changes the network's weights; work on copies.")
    if network.training or any(one.grad is not None or not one.requires_grad for one in network.parameters()):
        raise InvalidInput("It changes the network's mode or its gradients; leave them as they are.")
    if not all(
        torch.equal(*pair) for pair in zip(*(sum(batches, ()) for batches in (images, toy_images())), strict=True)
    ):
        raise InvalidInput("It changes the images that it is shown; work on copies.")
    return found


def _extremes(option: Option) -> list[OptionValue]:
    if isinstance(option, BooleanOption):
        return [not option.default]
    if isinstance(option, ChoiceOption):
        return [choice for choice in option.choices if choice != option.default]
    return [option.low, option.high]


class _Read(Mapping[str, OptionValue]):
    """Settings that note which of them were read."""

    def __init__(self, settings: Mapping[str, OptionValue], read: set[str]) -> None:
        self._settings, self._read = settings, read

    def __getitem__(self, name: str) -> OptionValue:
        self._read.add(name)
        return self._settings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)


def _watched(kind: type[Criterion], change: Mapping[str, OptionValue], read: set[str]) -> Criterion:
    """The criterion with a changed setting, which notes in `read` what it asks for."""
    criterion = kind(change)
    criterion.settings = _Read(criterion.settings, read)
    return criterion
