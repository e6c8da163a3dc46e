"""One sample, what filters see in it, and what filters respond to at all."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cnnpruner.api.dependencies import LARGEST_ID, CurrentWorkspace, PathNode, Sample
from cnnpruner.domain.samples.pictures import FilterPictures, LayerFilters, SampleView
from cnnpruner.service.samples import pictures

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])


@router.get("/samples/{sample}", response_description="The sample as the two nodes see it.")
def get_sample(
    workspace: CurrentWorkspace,
    node: PathNode,
    sample: Sample,
    against: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="id of the node to compare with; unless given the parent")
    ] = None,
) -> SampleView:
    """One selection image with the most probable classes of this node and the compared one."""
    return pictures.view(workspace, node, sample, against)


@router.get("/samples/{sample}/filters", response_description="A page of filters, each with its picture.")
def get_filter_pictures(
    workspace: CurrentWorkspace,
    node: PathNode,
    sample: Sample,
    layer: Annotated[str, Query(max_length=500, description="name of a layer of this node")],
    offset: Annotated[int, Query(ge=0, le=10**9, description="filters of the layer to skip")] = 0,
    limit: Annotated[int, Query(ge=1, le=128, description="most filters in the answer")] = 32,
) -> FilterPictures:
    """Guided-backpropagation pictures of a layer's filters by number; computed in blocks of 32, then kept."""
    return pictures.filters(workspace, node, sample, layer, range(offset, offset + limit))


@router.get("/layers/{layer}/filters", response_description="All filters of the layer.")
def get_layer_filters(
    workspace: CurrentWorkspace,
    node: PathNode,
    layer: Annotated[str, Path(max_length=500, description="name of a layer of this node")],
) -> LayerFilters:
    """Mean map, mean activation and the most exciting selection images of every filter of a layer."""
    return pictures.layer_filters(workspace, node, layer)
