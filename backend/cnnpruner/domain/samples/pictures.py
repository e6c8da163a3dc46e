"""What a node's filters respond to: pictures for one sample, and mean activations over all samples."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

HISTOGRAM_BINS = 24
"""Number of bins in the gradient histogram of a filter picture."""


class ClassProbability(Value):
    """Probability that a node assigns to a class."""

    label: int = Field(description="Class index, starting at 0.")
    probability: float = Field(ge=0, le=1, description="Probability of the class, 0-1.")


class SampleView(Value):
    """Predictions of two nodes for one selection image."""

    node_id: int = Field(description="ID of the node.")
    against_id: int | None = Field(
        description="ID of the node that this node is compared with; null without such a node."
    )
    sample: int = Field(description="Position of the image in the selection split, starting at 0.")
    label: int = Field(description="True class of the image.")
    predicted: int = Field(description="Class predicted by this node.")
    change: Literal["degraded", "improved", "same"] = Field(
        description="Difference from the compared node: `degraded` if only this node is wrong, `improved` if only this "
        "node is right, `same` in all other cases."
    )
    top: list[ClassProbability] = Field(
        description="The most probable classes according to this node, at most five, most probable first."
    )
    before: list[ClassProbability] | None = Field(
        description="The most probable classes according to the compared node, at most five, most probable first; "
        "null if there is no compared node."
    )


class FilterPicture(Value):
    """Picture of what excites a filter in a sample: the gradient of the filter's summed activation map, computed by
    guided backpropagation.
    """

    number: int = Field(description="Original number of the filter, that is, its number in the root.")
    activation: float = Field(description="Mean of the filter's activation map on this sample.")
    low: float = Field(
        description="Smallest value of the gradient. If `low` and `high` are both 0, the filter does not respond to "
        "the sample."
    )
    high: float = Field(description="Largest value of the gradient.")
    histogram: list[int] = Field(
        description="Histogram of the gradient, which has one value per pixel and channel: the counts in 24 bins of "
        "equal width from -scale to scale, where scale = max(|low|, |high|)."
    )
    picture: str = Field(
        description="The picture as a PNG in base64. Gray levels 0 to 255 map to values from -scale to scale; level "
        "128 is zero."
    )


class FilterBlock(Value):
    """Filter pictures that were computed together."""

    items: list[FilterPicture] = Field(description="Pictures in ascending order of filter number.")


class FilterPictures(Value):
    """A page of filter pictures of one layer for one sample, in ascending order of filter number."""

    node_id: int = Field(description="ID of the node that the filters belong to.")
    sample: int = Field(description="Position of the image in the selection split, starting at 0.")
    layer: str = Field(description="Name of the layer's PyTorch module.")
    total: int = Field(description="Total number of filters in the layer.")
    offset: int = Field(description="Number of filters that come before this page.")
    items: list[FilterPicture] = Field(description="Pictures in ascending order of filter number.")
    next: int | None = Field(description="Offset of the next page; null on the last page.")


class TopSample(Value):
    """One of the selection images that activate a filter most."""

    sample: int = Field(description="Position of the image in the selection split, starting at 0.")
    activation: float = Field(description="Mean of the filter's activation map on this image.")


class LayerFilter(Value):
    """How one filter responds to the selection split."""

    number: int = Field(description="Original number of the filter, that is, its number in the root.")
    mean: float = Field(description="Mean activation over all images and all positions in the activation map.")
    top: list[TopSample] = Field(
        description="The images with the highest activations above 0, at most nine, highest first."
    )
    map_high: float = Field(description="Largest value of the mean activation map; 0 if the filter never responds.")
    map: str = Field(
        description="Mean activation map as a grayscale PNG in base64, from black for 0 to white for `map_high`."
    )


class LayerFilters(Value):
    """How all filters of a layer respond to the selection split, in ascending order of filter number."""

    node_id: int = Field(description="ID of the node that the filters belong to.")
    layer: str = Field(description="Name of the layer's PyTorch module.")
    images: int = Field(description="Number of selection images on which the filters were evaluated.")
    height: int = Field(description="Height of the mean activation map; 1 for fully connected layers.")
    width: int = Field(description="Width of the mean activation map; 1 for fully connected layers.")
    items: list[LayerFilter] = Field(description="Filters in ascending order of number.")
