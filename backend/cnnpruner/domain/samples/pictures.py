"""What can be seen of a node's filters: pictures for one sample, and what makes them respond over all of them."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

BINS = 24
"""Of a picture's histogram."""


class ClassProbability(Value):
    """How sure a node is of a class."""

    label: int = Field(description="the class, from 0")
    probability: float = Field(ge=0, le=1, description="of the class, 0-1")


class SampleView(Value):
    """One selection image as two nodes see it."""

    node_id: int = Field(description="the node that sees it so")
    against_id: int | None = Field(description="the compared node; null: there is none")
    sample: int = Field(description="position in the selection split")
    label: int = Field(description="true class")
    predicted: int = Field(description="class that this node calls it")
    change: Literal["degraded", "improved", "same"] = Field(description="against the compared node")
    top: list[ClassProbability] = Field(description="at most five, most probable first")
    before: list[ClassProbability] | None = Field(description="the same in the compared node; null without one")


class FilterPicture(Value):
    """What in a sample makes one filter respond more: the guided gradient of its activation map's sum."""

    number: int = Field(description="original filter number")
    activation: float = Field(description="mean of its activation map on this sample")
    low: float = Field(description="smallest value of the gradient; 0 with `high` 0: the filter is silent")
    high: float = Field(description="largest value of the gradient")
    histogram: list[int] = Field(
        description="values (pixels times channels) in 24 equal bins from -scale to scale, scale = max(|low|, |high|)"
    )
    picture: str = Field(description="PNG as base64: grey 128 is 0, 0 to 255 are -scale to scale")


class FilterBlock(Value):
    """Pictures that were computed together."""

    items: list[FilterPicture] = Field(description="in order of their numbers")


class FilterPictures(Value):
    """A page of a layer's filters on one sample, in order of their numbers."""

    node_id: int = Field(description="the node whose filters they are")
    sample: int = Field(description="position in the selection split")
    layer: str = Field(description="its name in the torch module")
    total: int = Field(description="filters of the layer now")
    offset: int = Field(description="filters of the layer before this page")
    items: list[FilterPicture] = Field(description="in order of their numbers")
    next: int | None = Field(description="offset of the next page; null at the end")


class TopSample(Value):
    """A selection image that makes a filter respond."""

    sample: int = Field(description="position in the selection split")
    activation: float = Field(description="mean of the filter's activation map on it")


class LayerFilter(Value):
    """One filter over the selection split."""

    number: int = Field(description="original filter number")
    mean: float = Field(description="mean activation over images and space")
    top: list[TopSample] = Field(description="at most nine with the highest activation above 0, the highest first")
    map_high: float = Field(description="largest value of the mean map; 0: the filter never responds")
    map: str = Field(description="mean activation map as grey PNG in base64: black 0, white `map_high`")


class LayerFilters(Value):
    """All filters of a layer over the selection split, in order of their numbers."""

    node_id: int = Field(description="the node whose filters they are")
    layer: str = Field(description="its name in the torch module")
    images: int = Field(description="selection images looked at")
    height: int = Field(description="of the mean map, positions; 1 for fully-connected")
    width: int = Field(description="of the mean map, positions; 1 for fully-connected")
    items: list[LayerFilter] = Field(description="in order of their numbers")
