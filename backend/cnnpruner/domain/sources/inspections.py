"""Reports on a network before an experiment is created from it."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import CountedOperation, LayerKind
from cnnpruner.domain.tree.experiments import Splits
from cnnpruner.domain.tree.image_reading import ImageReading


class InspectedLayer(Value):
    """A convolution or fully connected layer, and how much of it can be pruned."""

    name: str = Field(description="Name of the PyTorch module.")
    kind: LayerKind = Field(description="Kind of layer. Depthwise and grouped convolutions are separate kinds.")
    group: str = Field(description="Name of the layer's coupled set, which is the name of the first layer in the set.")
    filters: int = Field(description="Number of output channels or output features.")
    free_filters: int = Field(description="Number of the layer's filters that can be removed.")
    height: int = Field(description="Height of the output in pixels; 1 for fully connected layers.")
    width: int = Field(description="Width of the output in pixels; 1 for fully connected layers.")
    parameters: int = Field(description="Number of parameters of the layer's weight and bias.")
    macs: int = Field(description="Number of multiply-accumulates for one image.")


class CoupledSet(Value):
    """Layers with coupled filters, which can only be removed together."""

    name: str = Field(
        description="Name of the coupled set: the name of its first layer in the order of the forward pass."
    )
    layers: list[str] = Field(description="Layers in the order of the forward pass.")
    units: int = Field(description="Number of units; the filters of a unit can only be removed together.")
    free_units: int = Field(description="Number of units that can be removed.")


class FrozenFilters(Value):
    """Filters that are frozen for the same reason."""

    reason: str = Field(
        description="Why the filters are frozen, with the line of code that causes this, if it is known."
    )
    layers: list[str] = Field(description="Layers that the filters belong to, in the order of the forward pass.")
    filters: int = Field(description="Total number of filters in `layers` that are frozen for this reason.")


class PruningCheck(Value):
    """Result of a check that removes a random 30% of the free units and compares the outputs of the pruned
    network with those of the unpruned network in which the same units are set to zero.
    """

    units: int = Field(description="Number of free units that were removed; 0 if there are no free units.")
    filters: int = Field(description="Number of filters in the removed units.")
    difference: float | None = Field(
        ge=0,
        description="Largest difference between a logit of the pruned network and the same logit of the unpruned "
        "network, relative to the largest logit: max |Δlogit| / max |logit|; null if nothing could be removed.",
    )
    spread: float | None = Field(
        default=None,
        ge=0,
        description="How strongly the logits vary from image to image: the largest difference in one logit "
        "between two of the compared images, divided by the largest |logit|. Null if nothing could be removed.",
    )
    equal: bool = Field(description="Whether `result` is `equal`.")
    result: Literal["equal", "differs", "unproved", "none"] = Field(
        default="unproved",
        description="`equal`: `difference` is at most 1e-4 (1e-8 if the comparison was repeated in float64), and "
        "`spread` is at least 1e-4 and at least 100 times `difference`. `differs`: `difference` is above its limit of "
        "1e-4 or 1e-8. `unproved`: the logits hardly depend on the image, so an error in the pruning might go "
        "unnoticed. `none`: nothing could be removed.",
    )


class WeightSet(Value):
    """A set of weights in a checkpoint that fits the network."""

    key: str = Field(
        description="Key of the weights in the file, to be used as `weights.key`; empty if the tensors are not in a "
        "nested dictionary."
    )
    tensors: int = Field(description="Number of tensors in the set of weights.")
    averaged: bool = Field(description="Whether the weights are an average over training steps, such as EMA or SWA.")
    used: bool = Field(description="Whether these are the weights that the network was inspected with.")


class NetworkReport(Value):
    """Report on which parts of a network can be pruned, with the result of a check that prunes random units."""

    network: str = Field(description="Name of the network.")
    image: tuple[int, int, int] = Field(description="Shape of the example image: channels, height, width.")
    classes: int = Field(description="Number of classes.")
    filters: int = Field(
        description="Number of filters: output channels of convolutions and output features of linear layers, "
        "without the output layer."
    )
    free_filters: int = Field(description="Number of filters that can be removed.")
    parameters: int = Field(description="Number of parameters in the whole network.")
    macs: int = Field(
        description="Number of multiply-accumulates for one image in convolutions, linear layers, matrix products "
        "and recurrent cells."
    )
    operations: list[CountedOperation] = Field(
        default_factory=list,
        description="Operations whose multiply-accumulates are counted but do not belong to any "
        "traced weight, such as attention.",
    )
    uncounted: list[str] = Field(
        default_factory=list,
        description="Operations whose multiplications are not counted in `macs`, with the lines of code that call "
        "them.",
    )
    size_bytes: int = Field(description="Size of the safetensors file in bytes.")
    trace_s: float = Field(description="Time taken to trace the network, in seconds.")
    layers: list[InspectedLayer] = Field(description="Layers in the order of the forward pass.")
    coupled: list[CoupledSet] = Field(
        description="Sets of two or more layers with coupled filters, which can only be removed together."
    )
    frozen: list[FrozenFilters] = Field(
        description="Frozen filters, grouped by reason, starting with the reason that freezes the most filters."
    )
    proof: PruningCheck = Field(
        description="Result of checking that removing random units gives the same outputs as setting them to zero."
    )
    notes: list[str] = Field(description="Further notes about the network, one sentence each.")
    warnings: list[str] = Field(
        default=[],
        description="Problems that would make the results of an experiment misleading, such as a network that "
        "outputs probabilities instead of logits.",
    )
    weights: list[WeightSet] = Field(
        default=[],
        description="Sets of weights in the checkpoint that fit the network; empty if there is no checkpoint.",
    )
    sentences: list[str] = Field(description="The report in plain words, with the most important findings first.")


class ExperimentCheckReport(Value):
    """Result of the job that checks a new experiment before it is created. The experiment gets copies of its values."""

    classes: list[str]
    image_size: int
    channels: int
    mean: list[float]
    std: list[float]
    splits: Splits
    notices: list[str]
    reading: ImageReading | None = None
    warnings: list[str] = Field(default=[])
    weights_key: str | None = None
