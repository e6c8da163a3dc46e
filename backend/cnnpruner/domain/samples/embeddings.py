"""Maps of samples: the selection images of a node, laid out in the plane by t-SNE of the network's features."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class EmbeddingFrame(Value):
    """A map of samples while it is being computed."""

    node_id: int = Field(description="ID of the node whose features the map is based on.")
    iteration: int = Field(ge=0, description="Number of iterations done so far.")
    iterations: int = Field(ge=1, description="Total number of iterations.")
    sample: list[int] = Field(description="Position of each sample in the selection split, in ascending order.")
    x: list[float] = Field(
        description="Horizontal coordinate of each sample on the map (dimensionless), in the order of `sample`."
    )
    y: list[float] = Field(
        description="Vertical coordinate of each sample on the map (dimensionless), in the order of `sample`."
    )


class Embedding(Value):
    """A finished map of samples: entry i of every array belongs to the same sample. Samples that are close neighbors on
    the map have similar features, but distances between far-apart samples mean nothing.
    """

    node_id: int = Field(description="ID of the node whose features the map is based on.")
    method: Literal["tsne"] = Field(description="Layout method; always t-SNE.")
    perplexity: float = Field(
        gt=0, description="Perplexity of t-SNE: roughly the number of neighbors that are considered for each point."
    )
    iterations: int = Field(description="Number of iterations done.")
    initial: Literal["pca", "parent"] = Field(
        description="Initial layout: `pca` for the first two principal components, `parent` for an ancestor's map."
    )
    initial_id: int | None = Field(
        description="ID of the ancestor whose map was the initial layout; null for principal components."
    )
    images: int = Field(description="Total number of selection images. The map may show fewer images.")
    sample: list[int] = Field(description="Position of each sample in the selection split, in ascending order.")
    x: list[float] = Field(description="Horizontal coordinate of each sample on the map (dimensionless).")
    y: list[float] = Field(description="Vertical coordinate of each sample on the map (dimensionless).")
    label: list[int] = Field(description="True class of each sample.")
    predicted: list[int] = Field(description="Class that the node predicts for each sample.")
