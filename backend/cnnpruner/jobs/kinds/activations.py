"""Job `activations`: measures how each filter of a ready node responds to the selection images, and writes one file per
layer.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnpruner.atomic import write_atomically
from cnnpruner.domain.plans.layers import Layer
from cnnpruner.domain.samples.pictures import LayerFilter, LayerFilters, TopSample
from cnnpruner.engine.pictures.pictures import draw_activation_map
from cnnpruner.engine.pictures.responses import LayerResponses, measure_responses
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

PROGRESS_WHEN_RESPONSES_DONE = 0.95
"""Progress of the job after the responses to all images have been measured."""


@dataclass(frozen=True)
class ActivationInputs:
    """A node, and the output file for each layer, by layer index."""

    setup: ExperimentSetup
    node: ReadyNode
    node_id: int
    paths: Mapping[int, Path]


def run(inputs: ActivationInputs, context: Context, cache: WorkerCache) -> None:
    """Write the responses of the filters, one file per layer, even for layers that the network never ran. Raises
    StorageFailed.
    """
    images = cache.images(inputs.setup, progress_in_range(context, 0.0, 0.1))
    network = cache.network(inputs.setup, inputs.node)
    selection, layers = images.selection, inputs.node.layers
    responses = measure_responses(
        network, layers, selection, images.normalize, progress_in_range(context, 0.1, PROGRESS_WHEN_RESPONSES_DONE)
    )
    for index, path in inputs.paths.items():
        context.raise_if_cancelled()
        layer = layers.layers[index]
        value = LayerFilters(
            node_id=inputs.node_id,
            layer=layer.name,
            images=len(selection[1]),
            height=responses[index].maps.shape[1] if index in responses else 0,
            width=responses[index].maps.shape[2] if index in responses else 0,
            items=_build_layer_filters(layer, responses[index]) if index in responses else [],
        )
        text = value.model_dump_json()
        write_atomically(path, lambda path, text=text: path.write_text(text))  # type: ignore[misc]


def _build_layer_filters(layer: Layer, responses: LayerResponses) -> list[LayerFilter]:
    return [
        LayerFilter(
            number=number,
            mean=_finite_or_zero(responses.mean[position]),
            top=[
                TopSample(sample=int(sample), activation=_finite_or_zero(activation))
                for sample, activation in zip(
                    responses.samples[:, position], responses.activations[:, position], strict=True
                )
                if activation > 0 or layer.output
            ],
            map_high=max(_finite_or_zero(responses.maps[position].max()), 0.0),
            map=draw_activation_map(responses.maps[position]),
        )
        for position, number in enumerate(layer.numbers)
    ]


def _finite_or_zero(value: float) -> float:
    """Return `value`, or 0 if it is not finite: weights that diverged produce infinities, which JSON cannot
    represent.
    """
    return float(value) if math.isfinite(value) else 0.0
