"""One sample, what filters see in it, and what filters respond to at all."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cnnpruner.api.dependencies import PathNode, Work
from cnnpruner.domain.pictures import FilterPictures, LayerFilters, SampleView
from cnnpruner.service import pictures

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])

Sample = Annotated[int, Path(ge=0, le=2**53 - 1)]


@router.get("/samples/{sample}")
def get_sample(
    work: Work,
    node: PathNode,
    sample: Sample,
    against: Annotated[
        int | None, Query(ge=1, le=2**53 - 1, description="node to compare with; null: the parent")
    ] = None,
) -> SampleView:
    """One selection image with the most probable classes of this node and the compared one."""
    return pictures.view(work, node, sample, against)


@router.get("/samples/{sample}/filters")
def get_filter_pictures(
    work: Work,
    node: PathNode,
    sample: Sample,
    layer: Annotated[str, Query(max_length=500, description="name of a layer of this node")],
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=128)] = 32,
) -> FilterPictures:
    """Guided-backpropagation pictures of a layer's filters by number; computed in blocks of 32, then kept."""
    return pictures.filters(work, node, sample, layer, range(offset, offset + limit))


@router.get("/layers/{layer}/filters")
def get_layer_filters(work: Work, node: PathNode, layer: Annotated[str, Path(max_length=500)]) -> LayerFilters:
    """Mean map, mean activation and the most exciting selection images of every filter of a layer."""
    return pictures.layer_filters(work, node, layer)
