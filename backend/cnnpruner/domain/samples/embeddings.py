"""What an Embedding is: the selection images of a node laid out in the plane by what the network sees in them."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class EmbeddingFrame(Value):
    """A layout on its way."""

    node_id: int = Field(description="the node that sees the images so")
    iteration: int = Field(ge=0, description="iterations done")
    iterations: int = Field(ge=1, description="iterations in all")
    sample: list[int] = Field(description="positions in the selection split, ascending")
    x: list[float] = Field(description="in the order of `sample`, no unit")
    y: list[float] = Field(description="in the order of `sample`, no unit")


class Embedding(Value):
    """A finished layout; lists are in one order. Distances between far points mean little, neighbours much."""

    node_id: int = Field(description="the node that sees the images so")
    method: Literal["tsne"] = Field(description="t-SNE")
    perplexity: float = Field(gt=0, description="about how many neighbours each point looks at")
    iterations: int = Field(description="done in all")
    initial: Literal["pca", "parent"] = Field(
        description="where it began: the first two principal components, or the layout of an ancestor, kept in place"
    )
    initial_id: int | None = Field(description="the ancestor whose layout it began with; null: principal components")
    images: int = Field(description="selection images in all; the layout may hold fewer")
    sample: list[int] = Field(description="positions in the selection split, ascending")
    x: list[float] = Field(description="no unit")
    y: list[float] = Field(description="no unit")
    label: list[int] = Field(description="true class")
    predicted: list[int] = Field(description="class that the node calls it")
