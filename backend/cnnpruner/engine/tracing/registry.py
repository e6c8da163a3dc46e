"""Registers the rules that trace channels through torch operations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnpruner.engine.tracing.ledger import Ledger, find_tensors

TracingRule = Callable[["TracedCall", Ledger], None]
TRACING_RULES: dict[Any, TracingRule] = {}


@dataclass(frozen=True)
class TracedCall:
    """An operation of the network that has just run, with its arguments and result."""

    func: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    out: Any
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", getattr(self.func, "__name__", str(self.func)).strip("_"))

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        """Return an argument of the operation, no matter whether it was passed by position or by name."""
        return self.args[position] if len(self.args) > position else self.kwargs.get(name, default)

    @property
    def x(self) -> Tensor:
        """Return the first argument of the operation."""
        value: Tensor = self.argument(0, "input", None)
        return value

    def tensors(self) -> list[Tensor]:
        """Return all tensors among the arguments of the operation."""
        return find_tensors([*self.args, *self.kwargs.values()])


def rule(*names: str) -> Callable[[TracingRule], TracingRule]:
    """Register the decorated rule for the operations with these names, in all places where torch defines them."""

    def register(function: TracingRule) -> TracingRule:
        for name in names:
            for func in _torch_functions(name):
                TRACING_RULES[func] = function
        return function

    return register


def _torch_functions(name: str) -> Iterator[Any]:
    """Return all callables through which torch can run the operation `name`: functions, methods, in-place methods and
    operators.
    """
    for namespace in (torch, functional, Tensor, torch._C._nn):
        for variant in (name, f"{name}_", f"__{name}__", f"__i{name}__", f"__r{name}__"):
            func = getattr(namespace, variant, None)
            if callable(func):
                yield func
