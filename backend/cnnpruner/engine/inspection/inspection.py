"""Inspects a network before it is used: finds what can be cut, what cannot be cut and why, and verifies one random
cut.
"""

import time
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sources.inspections import (
    CoupledSet,
    FrozenFilters,
    InspectedLayer,
    NetworkReport,
    PruningCheck,
    WeightSet,
)
from cnnpruner.engine.inspection.report import add_report_sentences
from cnnpruner.engine.inspection.trial import try_training
from cnnpruner.engine.surgery.live_copy import noise_images
from cnnpruner.engine.surgery.probe import freeze_failing_groups, verify_random_cut
from cnnpruner.engine.tracing.outputs import describe_outputs
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.structure import count_filters, count_free_filters


@dataclass(frozen=True)
class InspectionSubject:
    """The network to inspect and its name."""

    name: str
    network: nn.Module
    classes: int | None
    """Number of classes that the network must output; None if any number is allowed."""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    weights: tuple[WeightSet, ...] = ()
    """The sets of weights found in the checkpoint from which the network was loaded."""


def inspect_network(subject: InspectionSubject, images: Tensor, seed: int, progress: Progress) -> NetworkReport:
    """Trace the network, test which filters can be cut, and verify one random cut against the original.

    The network is not changed. images: [N, C, H, W], N ≥ 2, normalised images or noise. Raises UnusableNetwork if the
    network cannot be traced or run.
    """
    network = subject.network.eval()
    progress(0.0, "tracing the network")
    start_time = time.perf_counter()
    traced_layers = trace_layers(network, images[:1], subject.classes)
    trace_s = time.perf_counter() - start_time
    progress(0.2, "testing which filters can be cut")
    layers = freeze_failing_groups(network, traced_layers, images)
    progress(0.7, "comparing a randomly cut network with the unpruned one")
    proof = _verify_random_cut(network, layers, images, seed)
    classes = subject.classes or _count_classes(network, images[:1])
    notes = (*subject.notes, *try_training(network, layers.image, classes))
    warnings = (*subject.warnings, *describe_outputs(network, images))
    subject = replace(subject, classes=classes, notes=notes, warnings=warnings)
    return add_report_sentences(_build_report(subject, layers, trace_s, proof))


@torch.no_grad()
def _count_classes(network: nn.Module, image: Tensor) -> int:
    return int(network(image).shape[1])


def _verify_random_cut(network: nn.Module, layers: Layers, images: Tensor, seed: int) -> PruningCheck:
    if not any(unit.free for unit in layers.units):
        return PruningCheck(units=0, filters=0, difference=None, spread=None, equal=False, result="none")
    if len(images) == 1:
        images = torch.cat([images, noise_images(layers.image, images)])
    proof = verify_random_cut(network, layers, images, seed)
    comparison, cut = proof.comparison, set(proof.units)
    scale = comparison.scale or 1.0
    return PruningCheck(
        units=len(cut),
        filters=sum(len(unit.members) for unit in layers.units if unit.id in cut),
        difference=comparison.difference / scale,
        spread=comparison.spread / scale,
        equal=comparison.result == "equal",
        result=comparison.result,
    )


def _build_report(subject: InspectionSubject, layers: Layers, trace_s: float, proof: PruningCheck) -> NetworkReport:
    cost = CostTable(layers).cost([])
    return NetworkReport(
        network=subject.name,
        image=layers.image,
        classes=subject.classes or 0,
        filters=count_filters(layers),
        free_filters=count_free_filters(layers),
        parameters=cost.parameters,
        macs=cost.macs,
        operations=layers.operations,
        uncounted=layers.uncounted,
        size_bytes=cost.size_bytes,
        trace_s=trace_s,
        layers=_inspect_layers(layers),
        coupled=_coupled_sets(layers),
        frozen=_frozen_parts(layers),
        proof=proof,
        notes=[*subject.notes, *layers.notes],
        warnings=list(subject.warnings),
        weights=list(subject.weights),
        sentences=[],
    )


def _inspect_layers(layers: Layers) -> list[InspectedLayer]:
    free = [0] * len(layers.layers)
    for unit in layers.units:
        for layer, _ in unit.members if unit.free else ():
            free[layer] += 1
    names = {group.index: group.name for group in layers.groups}
    fields = ("name", "kind", "filters", "height", "width", "parameters", "macs")
    return [
        InspectedLayer(
            group=names[layer.group], free_filters=free[layer.index], **layer.model_dump(include=set(fields))
        )
        for layer in layers.layers
    ]


def _coupled_sets(layers: Layers) -> list[CoupledSet]:
    coupled = []
    for group in layers.groups:
        units = [unit for unit in layers.units if unit.group == group.index] if len(group.layers) > 1 else []
        if units:
            names = [layers.layers[index].name for index in group.layers]
            free = sum(unit.free for unit in units)
            coupled.append(CoupledSet(name=group.name, layers=names, units=len(units), free_units=free))
    return coupled


def _frozen_parts(layers: Layers) -> list[FrozenFilters]:
    frozen_filters_by_reason: dict[str, list[tuple[int, int]]] = {}
    for unit in layers.units:
        if unit.reason is not None:
            frozen_filters_by_reason.setdefault(unit.reason, []).extend(unit.members)
    parts = [
        FrozenFilters(reason=reason, layers=_layer_names(layers, members), filters=len(members))
        for reason, members in frozen_filters_by_reason.items()
    ]
    return sorted(parts, key=lambda part: -part.filters)


def _layer_names(layers: Layers, members: list[tuple[int, int]]) -> list[str]:
    return [layers.layers[index].name for index in sorted({layer for layer, _ in members})]
