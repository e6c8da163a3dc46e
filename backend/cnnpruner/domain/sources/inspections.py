"""What an inspection says of a network before an experiment is made of it."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import LayerKind
from cnnpruner.domain.tree.experiments import Splits


class InspectedLayer(Value):
    """A convolution or fully-connected layer, and how much of it can be cut."""

    name: str = Field(description="its name in the torch module")
    kind: LayerKind = Field(description="depthwise and grouped convolutions have words of their own")
    group: str = Field(description="name of its coupled set: the first layer of it")
    filters: int = Field(description="output channels or units")
    free_filters: int = Field(description="those of them that can be removed")
    height: int = Field(description="of its output, pixels; 1 for fully-connected")
    width: int = Field(description="of its output, pixels; 1 for fully-connected")
    parameters: int = Field(description="of its weight and bias")
    macs: int = Field(description="multiply-accumulates for one image")


class CoupledSet(Value):
    """Layers whose filters go together."""

    name: str = Field(description="its first layer in forward order")
    layers: list[str] = Field(description="in forward order")
    units: int = Field(description="sets of filters that are removed at once")
    free_units: int = Field(description="those of them that can be removed")


class FrozenPart(Value):
    """Filters that must stay for one reason."""

    reason: str = Field(description="why, with the line of the file that causes it where there is one")
    layers: list[str] = Field(description="layers that these filters are in, forward order")
    filters: int = Field(description="how many they are, over all those layers")


class CutProof(Value):
    """A random cut of 30 % of the free units beside the original with zeros where they are read."""

    units: int = Field(description="free units that were cut; 0: there is none to cut")
    filters: int = Field(description="filters in them")
    difference: float | None = Field(
        ge=0, description="max |Δlogit| as a share of max |logit|; null where nothing could be cut"
    )
    equal: bool = Field(description="the difference is at most 1e-4 (float32)")
    normalises_channels: bool = Field(
        description="a statistic runs over channels (layer or group norm), so a cut network cannot equal the zeroed one"
    )


class NetworkReport(Value):
    """What can be cut in a network, in plain words and in numbers, with the proof."""

    network: str = Field(description="its name")
    image: tuple[int, int, int] = Field(description="C, H, W of the example image")
    classes: int = Field(description="how many it tells apart")
    filters: int = Field(description="output channels of convolutions and units of linear layers but the output's")
    free_filters: int = Field(description="those of them that can be removed")
    parameters: int = Field(description="of the whole network")
    macs: int = Field(description="multiply-accumulates of convolutions and linear layers for one image")
    size_bytes: int = Field(description="size of its safetensors file, bytes")
    trace_s: float = Field(description="seconds that the one run took which followed the channels")
    layers: list[InspectedLayer] = Field(description="forward order")
    coupled: list[CoupledSet] = Field(description="sets of two layers or more")
    frozen: list[FrozenPart] = Field(description="most filters first")
    proof: CutProof = Field(description="a random cut beside the original with zeros")
    notes: list[str] = Field(description="what else must be known, a sentence each")
    sentences: list[str] = Field(description="the report in plain words, its most important parts first")


class ExperimentFindings(Value):
    """What the inspection found that an experiment is made with; result of its job."""

    classes: list[str]
    image_size: int
    channels: int
    mean: list[float]
    std: list[float]
    splits: Splits
    notices: list[str]
