"""Maps of samples: the selection images of a node, laid out in the plane by t-SNE of the network's features."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class EmbeddingFrame(Value):
    """A map of samples while it is being computed."""

    node_id: int = Field(description="ID of the node whose features are laid out.")
    iteration: int = Field(ge=0, description="Number of iterations done so far.")
    iterations: int = Field(ge=1, description="Total number of iterations.")
    sample: list[int] = Field(description="Position of each sample in the selection split, ascending.")
    x: list[float] = Field(description="Horizontal position of each sample (dimensionless), in the order of `sample`.")
    y: list[float] = Field(description="Vertical position of each sample (dimensionless), in the order of `sample`.")


class Embedding(Value):
    """A finished map of samples: entry i of each array belongs to the same sample. Which samples are close neighbors is
    meaningful; long distances are not.
    """

    node_id: int = Field(description="ID of the node whose features are laid out.")
    method: Literal["tsne"] = Field(description="Method of the layout: t-SNE.")
    perplexity: float = Field(gt=0, description="Approximate number of neighbors considered for each point.")
    iterations: int = Field(description="Number of iterations done.")
    initial: Literal["pca", "parent"] = Field(
        description="Initial layout: `pca` for the first two principal components, `parent` for an ancestor's map."
    )
    initial_id: int | None = Field(
        description="ID of the ancestor whose map was the initial layout; null for principal components."
    )
    images: int = Field(description="Total number of selection images. The map may hold fewer.")
    sample: list[int] = Field(description="Position of each sample in the selection split, ascending.")
    x: list[float] = Field(description="Horizontal position of each sample (dimensionless).")
    y: list[float] = Field(description="Vertical position of each sample (dimensionless).")
    label: list[int] = Field(description="True class of each sample.")
    predicted: list[int] = Field(description="Class that the node predicts for each sample.")
