"""Sentences about an inspected network. Does not import torch."""

from collections.abc import Sequence

from cnnpruner.domain.sources.inspections import CutProof, FrozenPart, NetworkReport

MAX_LISTED_NAMES = 3
_COUNT_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def describe(report: NetworkReport) -> NetworkReport:
    """Return the report with sentences on size, free filters, coupled layers, frozen layers, and the proof."""
    sentences = [*report.warnings, _describe_size(report), _describe_free_filters(report)]
    if report.coupled:
        sentences.append(_describe_coupled_layers(report))
    sentences += [describe_frozen(part) for part in report.frozen]
    return report.model_copy(update={"sentences": [*sentences, *report.notes, describe_proof(report.proof)]})


def describe_frozen(part: FrozenPart) -> str:
    """Return a sentence that says which filters cannot be removed, and why."""
    layers = _join_first(part.layers)
    return f"Frozen: {part.filters:,} {_filter_word(part.filters)} of {layers}: {part.reason}."


def describe_proof(proof: CutProof) -> str:
    """Return a sentence on how the output of the random cut compares with the original."""
    if proof.difference is None:
        return "No filter can be removed, so no cut was tested."
    cut = f"A random cut of {proof.units:,} free units ({proof.filters:,} {_filter_word(proof.filters)}, about 30 %)"
    if proof.equal:
        return (
            f"Proof: {cut} gives the same output as the original network with these filters zeroed: max |Δlogit| is "
            f"{proof.difference:.1e} of the largest logit."
        )
    if proof.normalises_channels:
        return (
            f"Proof: {cut} runs. Its output cannot equal that of the original with these filters zeroed, because "
            "statistics over channels (layer or group norm) change with every cut: max |Δlogit| is "
            f"{proof.difference:.2f} of the largest logit."
        )
    return (
        f"{cut} runs, but its output differs from the original with these filters zeroed by {proof.difference:.1e} of "
        "the largest logit; check what the network computes before you rely on its scores and previews."
    )


def format_count(value: float) -> str:
    """Format a count, for example as 1,234, 11.18 M or 1.82 G."""
    for size, unit_letter in _COUNT_UNITS[:2]:
        if value >= size:
            return f"{value / size:.2f} {unit_letter}"
    return f"{value:,.0f}"


def _describe_size(report: NetworkReport) -> str:
    channels, height, width = report.image
    return (
        f"{report.network} takes images of {channels}×{height}×{width} and outputs {report.classes:,} classes: "
        f"{len(report.layers)} layers, {report.filters:,} filters, {format_count(report.parameters)} parameters, "
        f"{format_count(report.macs)} MACs per image."
    )


def _describe_free_filters(report: NetworkReport) -> str:
    share = report.free_filters / report.filters if report.filters else 0.0
    free_layers = sum(layer.free_filters == layer.filters for layer in report.layers)
    return (
        f"{report.free_filters:,} of {report.filters:,} filters ({share:.0%}) can be removed; "
        f"{free_layers} of {len(report.layers)} layers are entirely free."
    )


def _describe_coupled_layers(report: NetworkReport) -> str:
    largest = max(report.coupled, key=lambda coupled: len(coupled.layers))
    sets = "set of layers is" if len(report.coupled) == 1 else "sets of layers are"
    return (
        f"{len(report.coupled)} {sets} coupled filter by filter; the largest has {len(largest.layers)} layers: "
        f"{_join_first(largest.layers)}."
    )


def _join_first(names: Sequence[str]) -> str:
    more = len(names) - MAX_LISTED_NAMES
    return ", ".join(names[:MAX_LISTED_NAMES]) + (f" and {more} more" if more > 0 else "")


def _filter_word(count: int) -> str:
    return "filter" if count == 1 else "filters"
