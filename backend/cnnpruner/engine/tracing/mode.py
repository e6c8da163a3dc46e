"""Runs a network once and follows each of its channels through all operations by an id."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.tracing import elementwise, movement, norms, pools, weighted_layers
from cnnpruner.engine.tracing.ledger import CONSTANT_ID, Ledger, TracingFailed, find_tensors
from cnnpruner.engine.tracing.mac_counter import MacCounter
from cnnpruner.engine.tracing.registry import TRACING_RULES, TracedCall, TracingRule
from cnnpruner.engine.tracing.source import describe_location, first_line
from cnnpruner.errors import UnusableNetwork

RULE_MODULES = (elementwise, weighted_layers, movement, norms, pools)
"""Modules that register their tracing rules when they are imported."""


class _ChannelTracer(TorchFunctionMode):
    """Inside the `with` block, runs every operation and then applies its tracing rule."""

    def __init__(self, ledger: Ledger, counter: MacCounter) -> None:
        super().__init__()
        self._ledger, self._counter = ledger, counter

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run and trace the operation, and return its result."""
        kwargs = kwargs or {}
        previous_macs, previous_uncounted_count = self._counter.macs, len(self._counter.uncounted)
        out = func(*args, **kwargs)
        self._ledger.record_used_names([*args, *kwargs.values()])
        rule = TRACING_RULES.get(func)
        if rule is None and _returns_no_tensor(func, out):
            return out
        self._apply_rule(TracedCall(func, args, kwargs, out), rule)
        self._ledger.record_macs(self._counter.macs - previous_macs, self._counter.uncounted[previous_uncounted_count:])
        return out

    def _apply_rule(self, call: TracedCall, rule: TracingRule | None) -> None:
        """Apply the rule for an operation that has just run."""
        self._ledger.start_operation(call.name)
        try:
            if rule is None:
                raise TracingFailed("the channels are mixed by an operation that cannot be traced")
            rule(call, self._ledger)
        except TracingFailed as error:
            self._stop_tracing(call, str(error))

    def _stop_tracing(self, call: TracedCall, cause: str) -> None:
        """Freeze the operation's input channels, and treat its outputs as constants."""
        for tensor in call.tensors():
            ids = self._ledger.find_ids(tensor)
            if ids is not None:
                self._ledger.freeze_channels(ids.reshape(-1), cause)
        for tensor in find_tensors([call.out]):
            self._ledger.forget_ids(tensor)


def _returns_no_tensor(func: Any, out: Any) -> bool:
    """Whether the operation returns no tensor, but only a shape, dtype or device, so that there are no channels to
    trace.
    """
    return not find_tensors([out]) and func is not Tensor.__setitem__


def trace_forward_pass(network: nn.Module, image: Tensor, classes: int | None = None) -> tuple[Ledger, Tensor]:
    """Run the network once in evaluation mode. Return what was recorded, and the channel ids [1 or N, K] of the output.

    image: [N, C, H, W]. Raises UnusableNetwork if the network cannot run on the image or does not return [N, K]. If
    `classes` is given, K must be equal to it.
    """
    ledger = Ledger(network, len(image))
    image = image.detach().clone()
    ledger.set_ids(image, torch.full((1,) * image.ndim, CONSTANT_ID))
    with torch.no_grad(), evaluation_mode(network):
        out = _run_network(network, image, ledger)
    if not isinstance(out, Tensor) or out.ndim != 2 or len(out) != len(image):
        shape = list(out.shape) if isinstance(out, Tensor) else type(out).__name__
        raise UnusableNetwork(
            f"The network returns {shape}; a classifier must return one row of class scores per image: "
            "[images, classes]."
        )
    if classes is not None and out.shape[1] != classes:
        raise UnusableNetwork(
            f"The network outputs scores for {out.shape[1]} classes, but the data has {classes}; give the network "
            f"a head for {classes} classes. A factory receives this number if it has an argument `classes` or "
            "`num_classes`."
        )
    ids = ledger.find_ids(out)
    return ledger, ids if ids is not None else torch.full((1, 1), CONSTANT_ID)


def _run_network(network: nn.Module, image: Tensor, ledger: Ledger) -> Any:
    try:
        with MacCounter() as counter, _ChannelTracer(ledger, counter):
            return network(image)
    except UnusableNetwork:
        raise
    except Exception as error:
        size = "×".join(str(length) for length in image.shape[1:])
        raise UnusableNetwork(
            f"The network cannot run on a {size} image{describe_location(error)}: {first_line(error)}. Choose an image "
            "size and number of channels that the network supports."
        ) from error
