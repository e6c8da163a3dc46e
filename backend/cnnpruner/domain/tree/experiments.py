"""Experiments: data, splits, root network, training defaults, tolerance and seed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value
from cnnpruner.domain.markup import MarkupContent, percent, titled_table
from cnnpruner.domain.tree.image_reading import ClassLevel, ImageReading, PixelValue
from cnnpruner.domain.tree.training import Training, TrainingChoice

DataKind = Literal["digits", "cifar10", "cifar100", "mnist", "fashion_mnist", "folder", "factory"]
ResizeMode = Literal["crop", "stretch"]
NetworkName = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""Name of a built-in network, of a torchvision network (`torchvision:NAME` if a built-in network has the same name), of
a timm network (`timm:NAME`), or of a registered user-defined network.
"""
ChannelMean = Annotated[float, Field(ge=-1, le=1)]
ChannelStandardDeviation = Annotated[float, Field(ge=1e-3, le=10)]
ImageSizeChoice = Annotated[
    int | None,
    Field(
        ge=8,
        le=1024,
        description="Edge length, in pixels, to which images are resized; null keeps the size that they have in the "
        "data set.",
    ),
]
MeanChoice = Annotated[
    list[ChannelMean] | None,
    Field(
        min_length=1,
        max_length=3,
        description="Mean of each channel, for pixel values scaled to 0-1; null to let the server determine it.",
    ),
]
StandardDeviationChoice = Annotated[
    list[ChannelStandardDeviation] | None,
    Field(
        min_length=1,
        max_length=3,
        description="Standard deviation of each channel, for pixel values scaled to 0-1; null to let the server "
        "determine it.",
    ),
]


class DataSource(Value):
    """A data set, and how its images are read."""

    kind: DataKind = Field(
        description="The data set: `folder` for images in train/<class>/, `factory` for a Python function "
        "registered with the server, or a standard data set."
    )
    path: str | None = Field(
        default=None,
        max_length=1000,
        description="Path of the folder, relative to one of the server's data folders; null to use the first data "
        "folder that contains the data set.",
    )
    download: bool = Field(default=False, description="Let torchvision download the data set if it is missing.")
    name: str | None = Field(
        default=None,
        max_length=120,
        pattern=r"^[A-Za-z0-9_.-]+$",
        description="For the kind `factory`, the name of a data factory that the server was started with; null for all "
        "other kinds.",
    )
    unseen: str | None = Field(
        default=None,
        max_length=1000,
        description="Path, relative to a data folder, of a folder with images that were not used to train the weights. "
        "It has one subfolder per class (<class>/*.jpg). Half of these images become the selection split, the others "
        "the test split.",
    )
    resize: ResizeMode = Field(
        default="crop",
        description="How images are made square. `crop`: resize the shorter edge and crop the center. `stretch`: "
        "resize both edges, ignoring the aspect ratio.",
    )
    crop_share: float = Field(
        default=1.0,
        ge=0.5,
        le=1,
        description="Share of the resized edge that the center crop keeps: 0.875 keeps 224 of 256 pixels.",
    )
    class_level: ClassLevel | None = Field(
        default=None,
        description="For image folders whose class folders contain folders: `upper` takes the outer folders as "
        "classes, `lower` the inner ones. Null means `upper`, with a notice that lists the classes of both levels.",
    )
    value_range: tuple[PixelValue, PixelValue] | None = Field(
        default=None,
        description="For image folders, the pixel values that are mapped to black and white in all images. If null, "
        "8-bit images are read unchanged, and the range for all other images is determined from the whole data set.",
    )

    @model_validator(mode="after")
    def _check_digits_have_no_path(self) -> "DataSource":
        if self.kind == "digits" and (self.path is not None or self.download):
            raise ValueError("the digits data set is built in; omit `path` and `download`")
        return self

    @model_validator(mode="after")
    def _check_fields_fit_kind(self) -> "DataSource":
        if (self.kind == "factory") != (self.name is not None):
            raise ValueError("`name` is required for the kind `factory` and not allowed for any other kind")
        if self.kind == "factory" and (self.path or self.download or self.unseen):
            raise ValueError("a data factory provides all images itself; omit `path`, `download` and `unseen`")
        is_resized = self.resize != "crop" or self.crop_share != 1
        if is_resized and self.kind not in ("folder", "factory"):
            raise ValueError(f"all images of {self.kind} have the same size; omit `resize` and `crop_share`")
        return self

    @model_validator(mode="after")
    def _check_folder_fields(self) -> "DataSource":
        if self.kind != "folder" and (self.class_level is not None or self.value_range is not None):
            raise ValueError("`class_level` and `value_range` apply only to image folders; omit them")
        if self.value_range is not None and self.value_range[0] >= self.value_range[1]:
            raise ValueError("`value_range` must list the pixel value of black, then a larger pixel value for white")
        return self


class NetworkSource(Value):
    """Name and options of a network. User-defined networks must be registered when the server is started."""

    name: NetworkName = Field(
        description="Name of a built-in or torchvision network, `torchvision:NAME`, `timm:NAME`, or a name that was "
        "registered with the server."
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="Options of the network, for example {'shortcut': 'A'} for the thin ResNets."
    )


class WeightsSource(Value):
    """Initial weights of the root (fresh, from a checkpoint, or pretrained), and whether to train them."""

    train: TrainingChoice | None = Field(
        default=None, description="Settings for training the root; null to use the weights as they are."
    )
    path: str | None = Field(
        default=None,
        max_length=1000,
        description="Path of a checkpoint, relative to one of the server's data folders. If `train` is set, the "
        "classification head in the checkpoint may have other classes.",
    )
    key: str | None = Field(
        default=None,
        max_length=200,
        description="Key of the weights in a checkpoint that contains several sets of weights, such as "
        "`state_dict_ema` next to `state_dict`. Null to use the averaged weights (EMA, SWA) if there are any, "
        "otherwise the weights that fit the network. An inspection lists the keys. In an experiment, this is the key "
        "that was used.",
    )
    pretrained: bool = Field(
        default=False, description="Start from the weights that torchvision or timm publish for this network."
    )

    @model_validator(mode="after")
    def _check_source_is_given(self) -> "WeightsSource":
        if self.path is not None and self.pretrained:
            raise ValueError("set either `path` (a checkpoint) or `pretrained`, not both")
        if self.key is not None and self.path is None:
            raise ValueError("`key` selects weights in the checkpoint `path`; set `path` or omit `key`")
        if self.train is not None and self.train.teacher is not None:
            raise ValueError("the root has no teacher, because it is the first node of its tree; omit `teacher`")
        if self.train is None and self.path is None and not self.pretrained:
            raise ValueError(
                "the root needs weights: set `train` (training settings), `path` (a checkpoint) or `pretrained`"
            )
        return self


class NewExperiment(Value):
    """An experiment to create. Only `data` and `network` are required."""

    name: str | None = Field(
        default=None, min_length=1, max_length=200, description="Name of the experiment, as shown on the page."
    )
    data: DataSource = Field(description="Where the images come from.")
    image_size: ImageSizeChoice = None
    mean: MeanChoice = None
    std: StandardDeviationChoice = None
    network: NetworkSource = Field(description="The root network, before any pruning.")
    weights: WeightsSource = Field(
        default_factory=lambda: WeightsSource(train=TrainingChoice()),
        description="Initial weights of the root. By default, the root is trained from fresh weights.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Random seed for the splits, the order of the data and the initial weights.",
    )
    tolerance: float = Field(
        default=0.005,
        ge=0,
        le=1,
        description="How far a node's accuracy may fall below its parent's, 0-1, for the node to count as recovered.",
    )
    target_accuracy: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Target accuracy, which nodes should not fall below, 0-1; null for no target.",
    )
    training: TrainingChoice = Field(
        default_factory=TrainingChoice, description="Default training settings for fine-tuning."
    )
    stop_on_warnings: bool = Field(
        default=False,
        description="Whether to return 409 if the check finds problems that would make the results misleading, such "
        "as images that are in two splits, or a network that outputs probabilities. The error then has the code "
        "`needs_confirmation`, and its `details` contain the warnings. If false, the warnings become notices of the "
        "experiment.",
    )


class ExperimentChanges(Value):
    """Changes to an experiment."""

    name: str | None = Field(
        default=None, min_length=1, max_length=200, description="New name of the experiment; null leaves it unchanged."
    )
    tolerance: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="New tolerance, 0-1, for nodes that are made from now on; null leaves it unchanged.",
    )
    target_accuracy: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="New target accuracy, which nodes should not fall below, 0-1. Null removes the target; omit the "
        "field to leave it unchanged.",
    )
    training: TrainingChoice | None = Field(
        default=None,
        description="New default training settings for fine-tuning. Fields that are null or omitted stay unchanged. "
        "The exceptions are `images`, `teacher`, `ema` and `gradient_clip`, for which null is a valid setting: omit "
        "these fields to leave them unchanged.",
    )


class Splits(Value):
    """Number of images in each split. The splits are disjoint and stratified, and are drawn with the experiment's seed.
    The indices of their images are stored with the experiment.
    """

    train: int = Field(description="Number of training images, which are also used for scoring.")
    selection: int = Field(description="Number of selection images, on which all decisions are based.")
    test: int = Field(
        description="Number of test images. They are locked: accuracy on them is only measured on request."
    )
    rule: str = Field(description="A sentence that says how the splits were made.")


class Experiment(Value):
    """An experiment: data set, splits, root network, training defaults, tolerance and target accuracy, and a tree of
    nodes.
    """

    id: int = Field(description="ID of the experiment.")
    name: str = Field(description="Name of the experiment, as shown on the page.")
    created_at: datetime = Field(description="When the experiment was created (UTC).")
    data: DataSource = Field(description="Where the images come from.")
    image_size: int = Field(description="Edge length of the images, in pixels.")
    channels: int = Field(description="Number of channels of the images: 1 or 3.")
    mean: list[float] = Field(description="Mean of each channel, for pixel values scaled to 0-1.")
    std: list[float] = Field(description="Standard deviation of each channel, for pixel values scaled to 0-1.")
    classes: list[str] = Field(description="Names of the classes, in the order of the network's outputs.")
    network: NetworkSource = Field(description="The root network, before any pruning.")
    weights: WeightsSource = Field(description="Initial weights of the root.")
    seed: int = Field(description="Random seed for the splits, the order of the data and the initial weights.")
    tolerance: float = Field(
        description="How far a node's accuracy may fall below its parent's, 0-1, for the node to count as recovered."
    )
    target_accuracy: float | None = Field(
        description="Target accuracy, which nodes should not fall below, 0-1; null for no target."
    )
    root_training: Training | None = Field(description="Training settings of the root; null if the root was imported.")
    training: Training = Field(description="Default training settings for fine-tuning.")
    splits: Splits = Field(description="Number of images in each split.")
    import_accuracy: float | None = Field(
        description="For an imported root, its accuracy on all official test images, 0-1, measured once before these "
        "images were split; null if it was not measured."
    )
    import_images: int | None = Field(description="Number of images that `import_accuracy` was measured on.")
    tests: int = Field(description="Number of nodes measured on the test split so far, including deleted nodes.")
    tested_at: datetime | None = Field(
        description="When a node was last measured on the test split (UTC); null if no node has been measured."
    )
    reading: ImageReading | None = Field(
        default=None,
        description="Rules for listing and decoding image files; null for standard data sets, and for experiments "
        "created with version 0.1.0, which keep the rules of that version.",
    )
    macs_counted: bool = Field(
        default=False,
        description="Whether the MAC counts include matrix products, attention, recurrent cells and layers with "
        "computed weights. If the tree is from version 0.2.0 or earlier, this is false after the upgrade until the "
        "MACs have been counted again.",
    )
    notices: list[str] = Field(description="Notices about the data, the network and the weights, one sentence each.")
    has_weights: bool = Field(
        description="False if the experiment was opened from a bundle without weights: its nodes can be viewed "
        "but not pruned."
    )
    root_id: int = Field(description="ID of the root, which is node number 0.")
    nodes: int = Field(description="Number of nodes in the tree, in any state.")
    score_batches: int = Field(description="Number of batches (T) in a scoring pass.")
    score_batch_size: int = Field(description="Number of images per batch in a scoring pass.")

    def _repr_html_(self) -> str:
        """Returns the HTML table that notebooks display for the experiment."""
        splits = f"{self.splits.train} train, {self.splits.selection} selection, {self.splits.test} test images"
        target = None if self.target_accuracy is None else percent(self.target_accuracy)
        rows: list[tuple[str, MarkupContent | None]] = [
            (
                "data",
                f"{self.data.kind}, {len(self.classes)} classes, {self.image_size}×{self.image_size} pixels, "
                f"channels: {self.channels}",
            ),
            ("splits", splits),
            ("network", self.network.name),
            ("nodes", self.nodes),
            ("target accuracy", target),
            *(("notice", notice) for notice in self.notices),
        ]
        return titled_table(f"Experiment {self.id}: {self.name}", rows)
