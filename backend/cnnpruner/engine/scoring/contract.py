"""Checks on a toy network that criteria satisfy their contract: built-in criteria in tests, user-defined criteria
before they are used.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption, Option, OptionValue
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.scoring.by_criterion import score_by_criterion
from cnnpruner.engine.scoring.toy_network import SEED, toy_images, toy_network
from cnnpruner.errors import CNNPrunerError, InvalidInput
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, FilterCriterion, FloatArray

_NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,29}")


def check_contract(criterion_class: type[Criterion]) -> None:
    """Raise InvalidInput with the first reason why the class cannot be used as a criterion.

    A criterion must describe itself, return one finite value per removable unit for all values of its options, read
    every option, and return the same values when called again. It must not change the network, its input tensors or the
    images.
    """
    _check_description(criterion_class)
    network, layers = toy_network()
    _check_methods(criterion_class())
    first = _score_and_check_inputs(criterion_class(), network, layers)
    _check_values(first, layers)
    if not np.array_equal(first, _score_and_check_inputs(criterion_class(), network, layers), equal_nan=True):
        raise InvalidInput(
            "The criterion returns different values when it is called again; use `seed` as the only source of "
            "randomness."
        )
    _check_options(criterion_class, network, layers)


def _check_options(criterion_class: type[Criterion], network: nn.Module, layers: Layers) -> None:
    read: set[str] = set()
    for option in criterion_class.options:
        for value in _extreme_option_values(option):
            try:
                _check_values(
                    _score_and_check_inputs(
                        _track_settings(criterion_class, {option.name: value}, read), network, layers
                    ),
                    layers,
                )
            except CNNPrunerError as error:
                raise InvalidInput(f"With the option {option.name} = {value}: {error.message}") from error
    unread_options = [option.name for option in criterion_class.options if option.name not in read]
    if unread_options:
        raise InvalidInput(
            f"The criterion declares option {unread_options[0]} but never reads self.settings[{unread_options[0]!r}]."
        )


def _check_description(criterion_class: type[Criterion]) -> None:
    missing_attributes = [
        field for field in ("name", "title", "help", "keep", "needs") if not hasattr(criterion_class, field)
    ]
    if missing_attributes:
        raise InvalidInput(f"The criterion lacks the attribute `{missing_attributes[0]}`.")
    if not isinstance(criterion_class.name, str) or not _NAME_PATTERN.fullmatch(criterion_class.name):
        raise InvalidInput(
            f"The name {criterion_class.name!r} must consist of at most 30 lower-case letters, digits and underscores, "
            "and begin with a letter."
        )
    for field in ("title", "help"):
        text = getattr(criterion_class, field)
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise InvalidInput(f"Attribute `{field}` must be one line of text.")
    for field in ("short", "abbreviation"):
        text = getattr(criterion_class, field)
        if not isinstance(text, str) or "\n" in text:
            raise InvalidInput(f"Attribute `{field}` must be one line of text.")
    if criterion_class.scale not in ("log", "linear"):
        raise InvalidInput(f"Attribute `scale` is {criterion_class.scale!r}; it must be 'log' or 'linear'.")
    if criterion_class.keep not in ("high", "low"):
        raise InvalidInput(f"Attribute `keep` is {criterion_class.keep!r}; it must be 'high' or 'low'.")
    if not set(criterion_class.needs) <= {"weights", "images", "labels"}:
        raise InvalidInput(
            f"Attribute `needs` is {set(criterion_class.needs)}; only 'weights', 'images' and 'labels' are allowed."
        )
    if not all(isinstance(option, NumberOption | ChoiceOption | BooleanOption) for option in criterion_class.options):
        raise InvalidInput("Each item of `options` must be a NumberOption, ChoiceOption or BooleanOption.")
    names = [option.name for option in criterion_class.options]
    if len(set(names)) < len(names):
        raise InvalidInput(f"Options {names} must have different names.")


def _check_methods(criterion: Criterion) -> None:
    """Check that the criterion's methods return tensors of the right shapes and do not change their inputs."""
    generator = torch.Generator().manual_seed(SEED)
    if isinstance(criterion, FilterCriterion):
        weight = torch.randn(6, 27, generator=generator, dtype=torch.float64)
        _check_shape("filter_values", _call_and_check_inputs(criterion.filter_values, weight), (6,), "[F]")
    if isinstance(criterion, DataCriterion):
        inputs, gradient = torch.randn(2, 4, 6, 9, generator=generator)  # [N, C, P]
        sums = _call_and_check_inputs(criterion.channel_values, inputs, gradient)
        _check_shape("channel_values", sums, (4, 6), "[N, C]")
        _check_shape("unit_values", _call_and_check_inputs(criterion.unit_values, sums), (6,), "[U]")


def _call_and_check_inputs(method: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
    """Call the method; raise InvalidInput if the method changes its inputs."""
    copies = [tensor.clone() for tensor in tensors]
    result = method(*tensors)
    if not all(map(torch.equal, copies, tensors)):
        raise InvalidInput(f"{getattr(method, '__name__', 'It')} changes its input tensors; work on copies.")
    return result


def _check_shape(method: str, result: object, shape: tuple[int, ...], symbolic_shape: str) -> None:
    if not isinstance(result, Tensor):
        raise InvalidInput(f"{method} returns {type(result).__name__} instead of a tensor of shape {symbolic_shape}.")
    if tuple(result.shape) != shape:
        raise InvalidInput(
            f"{method} returns a tensor of shape {list(result.shape)} instead of {symbolic_shape} = {list(shape)}."
        )


def _check_values(values: FloatArray, layers: Layers) -> None:
    free = np.array([unit.free for unit in layers.units])
    invalid_count = int((~np.isfinite(values[free])).sum())
    if invalid_count:
        raise InvalidInput(
            f"The criterion returns a value that is not finite for {invalid_count} of the {int(free.sum())} units that "
            "can be removed."
        )


def _score_and_check_inputs(criterion: Criterion, network: nn.Module, layers: Layers) -> FloatArray:
    """Return the criterion's values [U]; raise InvalidInput if the criterion changes the network or the images."""
    copies, images = copy.deepcopy(network.state_dict()), toy_images()
    values = score_by_criterion(criterion, network, layers, images, SEED)
    if not all(torch.equal(value, copies[key]) for key, value in network.state_dict().items()):
        raise InvalidInput("The criterion changes the network's weights; work on copies.")
    if network.training or any(p.grad is not None or not p.requires_grad for p in network.parameters()):
        raise InvalidInput("The criterion changes the network's training mode or gradients; leave them unchanged.")
    if not all(
        torch.equal(*pair) for pair in zip(*(sum(batches, ()) for batches in (images, toy_images())), strict=True)
    ):
        raise InvalidInput("The criterion changes the images; work on copies.")
    return values


def _extreme_option_values(option: Option) -> list[OptionValue]:
    if isinstance(option, BooleanOption):
        return [not option.default]
    if isinstance(option, ChoiceOption):
        return [choice for choice in option.choices if choice != option.default]
    return [option.low, option.high]


class _TrackedSettings(Mapping[str, OptionValue]):
    """Settings of a criterion. The name of every setting that is read is added to a set."""

    def __init__(self, settings: Mapping[str, OptionValue], read: set[str]) -> None:
        self._settings, self._read = settings, read

    def __getitem__(self, name: str) -> OptionValue:
        self._read.add(name)
        return self._settings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)


def _track_settings(
    criterion_class: type[Criterion], changed_settings: Mapping[str, OptionValue], read: set[str]
) -> Criterion:
    """Return a copy of the criterion with changed settings. Whenever the copy reads a setting, it adds the setting's
    name to the set `read`.
    """
    criterion = criterion_class(changed_settings)
    criterion.settings = _TrackedSettings(criterion.settings, read)
    return criterion
