"""Routes for samples and for pictures of what filters respond to."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cnnpruner.api.dependencies import MAX_ID, CurrentWorkspace, NodeFromPath, SampleFromPath
from cnnpruner.domain.samples.pictures import FilterPictures, LayerFilters, SampleView
from cnnpruner.service.samples import pictures

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])


@router.get("/samples/{sample}", response_description="The predictions of both nodes for the sample.")
def get_sample(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    sample: SampleFromPath,
    against: Annotated[
        int | None, Query(ge=1, le=MAX_ID, description="ID of the node to compare with. Default: the parent.")
    ] = None,
) -> SampleView:
    """Get the most probable classes of a selection image, as predicted by this node and by another node."""
    return pictures.get_sample_view(workspace, node, sample, against)


@router.get("/samples/{sample}/filters", response_description="A page of filter pictures.")
def get_filter_pictures(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    sample: SampleFromPath,
    layer: Annotated[str, Query(max_length=500, description="Name of a layer of this node's network.")],
    offset: Annotated[int, Query(ge=0, le=10**9, description="Number of filters to skip.")] = 0,
    limit: Annotated[int, Query(ge=1, le=128, description="Maximum number of filters to return.")] = 32,
) -> FilterPictures:
    """Get guided-backpropagation pictures of one sample for the filters of a layer, in ascending order of filter
    number.

    The pictures are computed in blocks of 32 and then cached.
    """
    return pictures.get_filter_pictures(workspace, node, sample, layer, range(offset, offset + limit))


@router.get("/layers/{layer}/filters", response_description="All filters of the layer.")
def get_layer_filters(
    workspace: CurrentWorkspace,
    node: NodeFromPath,
    layer: Annotated[str, Path(max_length=500, description="Name of a layer of this node's network.")],
) -> LayerFilters:
    """Get the mean activation and the mean activation map of every filter of a layer, and the images that activate each
    filter most strongly.
    """
    return pictures.get_layer_filters(workspace, node, layer)
