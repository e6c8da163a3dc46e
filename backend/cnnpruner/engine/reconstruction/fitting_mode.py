"""Runs a cut network once and fits each layer when it is called, so that later layers get the outputs of fitted
layers.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.progress import Progress
from cnnpruner.engine.reconstruction.layer_calls import LAYER_FUNCTIONS, LayerCall, gather_outputs, parse_call
from cnnpruner.engine.reconstruction.layer_fit import CutWeight, FitFailed, LayerFit
from cnnpruner.engine.reconstruction.targets import (
    ADDITION_FUNCTIONS,
    BATCH_NORM_ARGUMENTS,
    RecordedCall,
    RecordedTargets,
)
from cnnpruner.engine.tracing.ledger import find_tensors
from cnnpruner.engine.tracing.source import find_calling_module

MIN_NORM_SCALE = 1e-3
"""If a batch norm scales a channel by less than this, the input of the norm cannot be computed from its output."""
_AFFECTED_ATTRIBUTE, _BRANCH_ATTRIBUTE = "reconstruction_lost", "reconstruction_branch"


@dataclass(frozen=True)
class FitTask:
    """What one pass over a cut network needs to fit its layers: the targets, the weights to fit, and settings."""

    targets: RecordedTargets
    weights: dict[str, CutWeight]
    ridge: float
    progress: Progress | None
    shared_weights: frozenset[str] = frozenset()
    """Names of weights that are used several times in a forward pass. They are fitted after their last use, to the
    inputs and targets of all uses.
    """
    already_fitted_weights: frozenset[str] = frozenset()
    """Names of weights that were fitted in an earlier pass."""


@dataclass
class _ResidualBranch:
    """An output, of a layer or of the batch norm after it, that will be added to a shortcut. The layer is fitted when
    the addition runs.
    """

    position: int
    call: LayerCall
    norm: dict[str, Any] | None = None


@dataclass
class _SharedWeight:
    """A weight that several calls use, while the inputs and targets of these calls are collected for its fit."""

    fit: LayerFit
    remaining_calls: int
    is_affected: bool = False


class FittingMode(TorchFunctionMode):
    """Inside the `with` block, one forward pass of `network` fits the network's layers, in place."""

    def __init__(self, network: nn.Module, task: FitTask) -> None:
        super().__init__()
        self.fitted: dict[str, None] = {}
        """Names of the layers fitted so far."""
        self.unfitted: dict[str, str] = {}
        """Layers whose input was changed by the cut but that were not fitted, by name, each with the reason."""
        self._network, self._task = network, task
        self._names = {id(tensor): name for name, tensor in network.named_parameters()}
        self._modules = {id(module): name for name, module in network.named_modules()}
        self._shared: dict[str, _SharedWeight] = {}
        self._remaining_shared_calls = sum(call.weight in task.shared_weights for call in task.targets.calls)
        self._waiting: dict[int, str] = {}
        self._position = 0

    def unreached_branches(self) -> dict[str, str]:
        """Return the layers that were not fitted because their output was never added to a shortcut, by name, each with
        the reason.
        """
        return dict.fromkeys(self._waiting.values(), "the cut network does not add the layer's output to a shortcut")

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        operands = find_tensors([*args, *kwargs.values()])
        is_affected = any(_AFFECTED_ATTRIBUTE in tensor.__dict__ for tensor in operands)
        branches = {
            id(tensor): branch for tensor in operands if (branch := tensor.__dict__.get(_BRANCH_ATTRIBUTE)) is not None
        }
        if func in LAYER_FUNCTIONS:
            out, is_affected = self._run_layer(parse_call(func, args, kwargs), is_affected)
        else:
            if func in ADDITION_FUNCTIONS and len(operands) == 2 and branches:
                self._fit_branches(operands)
            out = func(*args, **kwargs)
            _remove_branch_mark(out)
            if func is F.batch_norm:
                _mark_norm_output(dict(zip(BATCH_NORM_ARGUMENTS, args, strict=False)) | kwargs, out)
        if is_affected:
            for tensor in find_tensors([out]) or operands[:1]:
                tensor.__dict__[_AFFECTED_ATTRIBUTE] = True
        return out

    def _run_layer(self, call: LayerCall, is_affected: bool) -> tuple[Tensor, bool]:
        """Run a layer. If its input was changed by the cut, fit the layer first, or mark its output as a branch to be
        fitted later. Return the output, and whether the cut changed it.
        """
        name = self._names.get(id(call.weight))
        if name is None:
            self._note_computed_weight(is_affected)
            return call.run(), is_affected
        position, self._position = self._position, self._position + 1
        weight = self._task.weights.get(name)
        is_affected = is_affected or (weight is not None and weight.has_lost_inputs)
        recorded_call = self._find_recorded_call(position, name)
        if weight is not None and recorded_call is not None and name not in self._task.already_fitted_weights:
            if name in self._task.shared_weights:
                self._collect_rows(call, recorded_call, weight, is_affected)
            elif is_affected and (self._remaining_shared_calls or not self._task.shared_weights):
                return self._run_affected_layer(position, call, weight), True
        elif is_affected and weight is not None and recorded_call is None:
            self.unfitted[weight.layer] = "the cut network calls its layers in a different order from its parent"
        return call.run(), is_affected

    def _run_affected_layer(self, position: int, call: LayerCall, weight: CutWeight) -> Tensor:
        recorded_call = self._task.targets.calls[position]
        self._report_progress(position)
        if recorded_call.sums is None:
            self._fit_layer(call, recorded_call, weight, recorded_call.outputs)
            return call.run()
        out = call.run()
        out.__dict__[_BRANCH_ATTRIBUTE] = _ResidualBranch(position, call)
        self._waiting[position] = weight.layer
        return out

    def _find_recorded_call(self, position: int, name: str) -> RecordedCall | None:
        """Return the parent's layer call at the same position in its forward pass; None if that call uses another
        weight.
        """
        calls = self._task.targets.calls
        recorded_call = calls[position] if position < len(calls) else None
        return recorded_call if recorded_call is not None and recorded_call.weight == name else None

    def _note_computed_weight(self, is_affected: bool) -> None:
        if is_affected:
            name = find_calling_module(self._modules) or "a layer without a module"
            self.unfitted[name] = "its weight is computed in the forward pass"

    def _fit_branches(self, operands: list[Tensor]) -> None:
        """Fit the operands of a sum that are branches, so that the sum matches the parent's sum. If both operands are
        branches, the branch whose layer was called last is fitted first.
        """
        tensors = [tensor for tensor in operands if _BRANCH_ATTRIBUTE in tensor.__dict__]
        for tensor in sorted(tensors, key=lambda tensor: -tensor.__dict__[_BRANCH_ATTRIBUTE].position):
            branch: _ResidualBranch = tensor.__dict__[_BRANCH_ATTRIBUTE]
            weight_name = self._waiting.pop(branch.position, None)
            if weight_name is not None:
                shortcut = operands[1] if tensor is operands[0] else operands[0]
                self._fit_branch(branch, shortcut)
                tensor.copy_(_recompute_branch(branch))

    def _fit_branch(self, branch: _ResidualBranch, shortcut: Tensor) -> None:
        recorded_call, call = self._task.targets.calls[branch.position], branch.call
        weight = self._task.weights[recorded_call.weight]
        assert recorded_call.sums is not None
        kept = weight.kept_outputs(call)
        targets = _select_outputs(recorded_call.sums, kept) - gather_outputs(
            shortcut, call.is_linear, recorded_call.places
        )
        if branch.norm is not None:
            targets = _invert_norm(targets, branch.norm, _select_outputs(recorded_call.outputs, kept))
        self._fit_layer(call, recorded_call, weight, targets, are_targets_cut=True)

    def _fit_layer(
        self,
        call: LayerCall,
        recorded_call: RecordedCall,
        weight: CutWeight,
        targets: Tensor,
        are_targets_cut: bool = False,
    ) -> None:
        """Fit one layer. targets: [M, F], outputs of the kept filters if `are_targets_cut`, otherwise of all
        filters of the parent.
        """
        fit = LayerFit(call, len(recorded_call.places))
        fit.add(
            call,
            recorded_call.places,
            targets if are_targets_cut else _select_outputs(targets, weight.kept_outputs(call)),
        )
        may_add_constant = call.bias is not None or recorded_call.norm is not None
        self._apply_fit(fit, call, weight, recorded_call.norm, may_add_constant)

    def _collect_rows(self, call: LayerCall, recorded_call: RecordedCall, weight: CutWeight, is_affected: bool) -> None:
        """Collect the inputs and targets of one call whose weight is used by several calls. After the last of these
        calls, fit the weight if the cut changed the input of any of them.
        """
        calls = [other for other in self._task.targets.calls if other.weight == recorded_call.weight]
        rows = sum(len(other.places) for other in calls)
        shared_weight = self._shared.setdefault(recorded_call.weight, _SharedWeight(LayerFit(call, rows), len(calls)))
        shared_weight.fit.add(
            call, recorded_call.places, _select_outputs(recorded_call.outputs, weight.kept_outputs(call))
        )
        shared_weight.remaining_calls -= 1
        shared_weight.is_affected = shared_weight.is_affected or is_affected
        self._remaining_shared_calls -= 1
        if not shared_weight.remaining_calls and shared_weight.is_affected:
            has_one_bias = recorded_call.bias is not None and len({other.bias for other in calls}) == 1
            self._apply_fit(shared_weight.fit, call, weight, None, has_one_bias)

    def _apply_fit(
        self, fit: LayerFit, call: LayerCall, weight: CutWeight, norm: str | None, may_add_constant: bool
    ) -> None:
        try:
            output_offset = fit.solve(self._task.ridge, may_add_constant)
        except FitFailed as error:
            self.unfitted[weight.layer] = str(error)
            return
        self.fitted[weight.layer] = None
        if may_add_constant and call.bias is not None:
            call.bias.copy_(call.bias.double() + output_offset)
        elif may_add_constant and norm is not None:
            mean = self._network.get_buffer(norm)
            mean.copy_(mean.double() - output_offset)

    def _report_progress(self, position: int) -> None:
        if self._task.progress is not None:
            self._task.progress(position / len(self._task.targets.calls), "fitting the layers of the cut network")


def _remove_branch_mark(out: Any) -> None:
    """Remove the branch mark from the results of an operation. A result can carry the mark if the operation changed a
    branch's output in place; such a result is no longer the branch's output.
    """
    for tensor in find_tensors([out]):
        tensor.__dict__.pop(_BRANCH_ATTRIBUTE, None)


def _mark_norm_output(norm: dict[str, Any], out: Tensor) -> None:
    branch: _ResidualBranch | None = norm["input"].__dict__.get(_BRANCH_ATTRIBUTE)
    if branch is not None:
        out.__dict__[_BRANCH_ATTRIBUTE] = _ResidualBranch(branch.position, branch.call, norm)


def _recompute_branch(branch: _ResidualBranch) -> Tensor:
    """Recompute the output of a branch with the fitted weight."""
    out = branch.call.run()
    return out if branch.norm is None else F.batch_norm(**(branch.norm | {"input": out}))


def _invert_norm(targets: Tensor, norm: dict[str, Any], fallback: Tensor) -> Tensor:
    """Return the inputs for which a batch norm outputs `targets` [M, F]. Channels with a scale close to 0 get
    `fallback`.
    """
    deviation = torch.sqrt(norm["running_var"].double() + norm.get("eps", 1e-5))
    scale = 1 / deviation if norm.get("weight") is None else norm["weight"].double() / deviation
    shift = 0.0 if norm.get("bias") is None else norm["bias"].double()
    is_invertible = scale.abs() >= MIN_NORM_SCALE
    norm_inputs = (targets.double() - shift) / torch.where(is_invertible, scale, 1.0) + norm["running_mean"].double()
    return torch.where(is_invertible, norm_inputs, fallback.double())


def _select_outputs(outputs: Tensor, kept: list[int] | None) -> Tensor:
    return outputs if kept is None else outputs[:, kept]
