"""Sentences about an inspected network. Does not import torch."""

from collections.abc import Sequence

from cnnpruner.domain.plans.layers import CountedOperation
from cnnpruner.domain.sources.inspections import FrozenFilters, NetworkReport, PruningCheck

MAX_LISTED_NAMES = 3
_SI_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def add_report_sentences(report: NetworkReport) -> NetworkReport:
    """Return a copy of the report with sentences on size, removable filters, coupled layers, frozen layers, and the
    trial cut.
    """
    sentences = [*report.warnings, _describe_size(report), *describe_operations(report.operations, report.uncounted)]
    sentences.append(_describe_free_filters(report))
    if report.coupled:
        sentences.append(_describe_coupled_layers(report))
    sentences += [describe_frozen_part(part) for part in report.frozen]
    return report.model_copy(update={"sentences": [*sentences, *report.notes, describe_proof(report.proof)]})


def describe_frozen_part(part: FrozenFilters) -> str:
    """Return a sentence that says which filters cannot be removed, and why."""
    layers = _format_name_list(part.layers)
    return (
        f"1 filter of {layers} is frozen: {part.reason}."
        if part.filters == 1
        else f"{part.filters:,} filters of {layers} are frozen: {part.reason}."
    )


def describe_operations(operations: Sequence[CountedOperation], uncounted: Sequence[str]) -> list[str]:
    """Return sentences on operations that have MACs but belong to no layer, and on operations whose MACs are not
    counted.
    """
    sentences = []
    other_ops = sorted(
        (operation for operation in operations if operation.layer is None), key=lambda operation: -operation.macs
    )
    if other_ops:
        names = [f"{operation.name} {operation.location} ({format_count(operation.macs)})" for operation in other_ops]
        macs = sum(operation.macs for operation in other_ops)
        sentences.append(
            f"{format_count(macs)} of the MACs belong to operations that pruning cannot change: "
            f"{_format_name_list(names)}."
        )
    if uncounted:
        sentences.append(f"The MACs do not include the following: {_format_name_list(uncounted)}.")
    return sentences


def describe_proof(proof: PruningCheck) -> str:
    """Return a sentence that compares the outputs of the randomly cut network and the unpruned network."""
    if proof.difference is None:
        return "No filter can be removed, so no cut was tested."
    filters = f"{proof.filters:,} {_filter_noun(proof.filters)}"
    cut = f"removing {proof.units:,} random units ({filters}, about 30% of those that can be removed)"
    difference_text = f"max |Δlogit| is {proof.difference:.1e} times the largest logit"
    spread = f"the logits vary between images by {proof.spread:.1e} times the largest logit"
    if proof.equal:
        return (
            f"Proof: {cut} gives the same output as zeroing these filters in the unpruned network: {difference_text}, "
            f"while {spread}."
        )
    if proof.result == "unproved":
        return (
            f"Nothing is proved: after {cut}, the network runs and {difference_text}, but {spread}. Outputs that "
            "vary so little could hide a wrong cut. Provide trained weights, or an image for the comparison."
        )
    return (
        f"After {cut}, the network runs, but its output differs from that of the unpruned network with these filters "
        f"zeroed: {difference_text}, while {spread}. Check what the network computes before you rely on its scores and "
        "previews."
    )


def format_count(value: float) -> str:
    """Format a count, for example as 1,234, 11.18 M or 1.82 G."""
    for size, si_prefix in _SI_PREFIXES[:2]:
        if value >= size:
            return f"{value / size:.2f} {si_prefix}"
    return f"{value:,.0f}"


def _describe_size(report: NetworkReport) -> str:
    channels, height, width = report.image
    return (
        f"{report.network} takes {channels}×{height}×{width} images and outputs scores for {report.classes:,} classes: "
        f"{len(report.layers)} layers, {report.filters:,} filters, {format_count(report.parameters)} parameters, "
        f"{format_count(report.macs)} MACs per image."
    )


def _describe_free_filters(report: NetworkReport) -> str:
    share = report.free_filters / report.filters if report.filters else 0.0
    free_layer_count = sum(layer.free_filters == layer.filters for layer in report.layers)
    return (
        f"{report.free_filters:,} of {report.filters:,} filters ({share:.0%}) can be removed; in {free_layer_count} of "
        f"{len(report.layers)} layers, all filters can be removed."
    )


def _describe_coupled_layers(report: NetworkReport) -> str:
    largest_coupled_set = max(report.coupled, key=lambda coupled: len(coupled.layers))
    names = _format_name_list(largest_coupled_set.layers)
    if len(report.coupled) == 1:
        return (
            f"One set of {len(largest_coupled_set.layers)} layers has coupled filters, which can only be removed "
            f"together: {names}."
        )
    return (
        f"{len(report.coupled)} sets of layers have coupled filters, which can only be removed together; the largest "
        f"set has {len(largest_coupled_set.layers)} layers: {names}."
    )


def _format_name_list(names: Sequence[str]) -> str:
    omitted_count = len(names) - MAX_LISTED_NAMES
    return ", ".join(names[:MAX_LISTED_NAMES]) + (f" and {omitted_count} more" if omitted_count > 0 else "")


def _filter_noun(count: int) -> str:
    return "filter" if count == 1 else "filters"
