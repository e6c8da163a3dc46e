"""Job `activations`: how every filter of a ready node responds to the selection images, kept on disk layer by layer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnpruner.atomic import write_atomically
from cnnpruner.domain.plans.layers import Layer
from cnnpruner.domain.samples.pictures import LayerFilter, LayerFilters, TopSample
from cnnpruner.engine.pictures.pictures import draw_map
from cnnpruner.engine.pictures.responses import LayerResponses, measure_responses
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

LOOKED = 0.95
"""Progress when all images were looked at."""


@dataclass(frozen=True)
class ActivationInputs:
    """A node, and by layer index where what is found goes."""

    setup: ExperimentSetup
    node: ReadyNode
    node_id: int
    paths: Mapping[int, Path]


def run(inputs: ActivationInputs, context: Context, cache: WorkerCache) -> None:
    """All layers are on disk when this returns, also those that never ran. Raises StorageFailed."""
    images = cache.images(inputs.setup, part(context, 0.0, 0.1))
    network = cache.network(inputs.setup, inputs.node)
    chosen, layers = images.selection, inputs.node.layers
    found = measure_responses(network, layers, chosen, images.normalize, part(context, 0.1, LOOKED))
    for index, path in inputs.paths.items():
        context.check()
        layer = layers.layers[index]
        value = LayerFilters(
            node_id=inputs.node_id,
            layer=layer.name,
            images=len(chosen[1]),
            height=found[index].maps.shape[1] if index in found else 0,
            width=found[index].maps.shape[2] if index in found else 0,
            items=_filters(layer, found[index]) if index in found else [],
        )
        text = value.model_dump_json()
        write_atomically(path, lambda path, text=text: path.write_text(text))  # type: ignore[misc]


def _filters(layer: Layer, found: LayerResponses) -> list[LayerFilter]:
    return [
        LayerFilter(
            number=number,
            mean=_number(found.mean[position]),
            top=[
                TopSample(sample=int(sample), activation=_number(activation))
                for sample, activation in zip(found.samples[:, position], found.activations[:, position], strict=True)
                if activation > 0 or layer.output
            ],
            map_high=max(_number(found.maps[position].max()), 0.0),
            map=draw_map(found.maps[position]),
        )
        for position, number in enumerate(layer.numbers)
    ]


def _number(value: float) -> float:
    """Diverged weights make infinities, which JSON cannot hold."""
    return float(value) if math.isfinite(value) else 0.0
