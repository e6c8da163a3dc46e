"""What an Experiment is: data, splits, root network, training defaults, tolerance, seed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value
from cnnpruner.domain.markup import Content, facts, percent

DataKind = Literal["digits", "cifar10", "cifar100", "mnist", "fashion_mnist", "folder", "factory"]
Resize = Literal["crop", "stretch"]
NetworkName = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""Ours and torchvision's by bare name (`torchvision:NAME` where both have it), `timm:NAME`, or a registered name."""
Schedule = Literal["cosine", "one_cycle"]
Mean = Annotated[float, Field(ge=-1, le=1)]
Deviation = Annotated[float, Field(ge=1e-3, le=10)]
Augmentation = Literal["none", "crop", "crop_flip"]


class DataSource(Value):
    """Where the images come from."""

    kind: DataKind = Field(
        description="which data set, `folder` for train/<class>/*.jpg, `factory` for a Python function of the server's"
    )
    path: str | None = Field(
        default=None,
        max_length=1000,
        description="folder, relative to one of the data folders of the server; null: the first that holds the set",
    )
    download: bool = Field(default=False, description="let torchvision fetch the set where it is not there yet")
    name: str | None = Field(
        default=None,
        max_length=120,
        pattern=r"^[A-Za-z0-9_.-]+$",
        description="of the data factory, one that the server was started with; null for all other kinds",
    )
    unseen: str | None = Field(
        default=None,
        max_length=1000,
        description="folder <class>/*.jpg whose pictures the weights have not seen, relative to a data folder of the "
        "server: selection and test are its halves",
    )
    resize: Resize = Field(
        default="crop",
        description="how pictures of any size become squares; crop: shorter edge resized, centre cut out; stretch: "
        "both edges resized, whatever the proportions",
    )
    crop_share: float = Field(
        default=1.0,
        ge=0.5,
        le=1,
        description="share of the resized edge that is kept, from its middle: 0.875 resizes to 256 for 224",
    )

    @model_validator(mode="after")
    def _digits_lie_nowhere(self) -> "DataSource":
        if self.kind == "digits" and (self.path is not None or self.download):
            raise ValueError("the digits come with the product; leave `path` and `download` out")
        return self

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "DataSource":
        if (self.kind == "factory") != (self.name is not None):
            raise ValueError("give `name` for kind `factory`, and for no other")
        if self.kind == "factory" and (self.path or self.download or self.unseen):
            raise ValueError("a data factory gives its own selection images; leave path, download and unseen out")
        declares = self.resize != "crop" or self.crop_share != 1
        if declares and self.kind not in ("folder", "factory"):
            raise ValueError(f"images of {self.kind} all have one size; leave `resize` and `crop_share` out")
        return self


class NetworkSource(Value):
    """Which network, by name. Code has names only where the server's starter gave them."""

    name: NetworkName = Field(
        description="ours or torchvision's, torchvision:NAME, timm:NAME, or a name that the server was started with"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="its options, for instance {'shortcut': 'A'} for the thin ResNets"
    )


class Training(Value):
    """SGD with Nesterov momentum. Every node shows the training that made it."""

    epochs: int = Field(ge=0, le=1000, description="passes over the train split")
    learning_rate: float = Field(gt=0, le=10, description="peak learning rate")
    batch_size: int = Field(ge=1, le=4096, description="images a step")
    momentum: float = Field(ge=0, lt=1, description="momentum of SGD (Nesterov where above 0)")
    weight_decay: float = Field(ge=0, le=1, description="L2 penalty on weights, not on biases and norms")
    schedule: Schedule = Field(description="course of the learning rate over all steps")
    augmentation: Augmentation = Field(description="crop: random shift by an eighth; flip: mirrored half the time")
    early_stop: bool = Field(description="end at the first epoch that is not below the parent")
    amp: bool = Field(description="bfloat16 autocast where the device gains from it")
    images: int | None = Field(ge=1, description="train images used an epoch, drawn anew each time; null: all")


class TrainingChoice(Value):
    """What a person sets; the rest comes from the experiment's defaults.

    What is null is not set either, but for `images`: null is all of them.
    """

    epochs: int | None = Field(default=None, ge=0, le=1000, description="passes over the train split")
    learning_rate: float | None = Field(default=None, gt=0, le=10, description="peak learning rate")
    batch_size: int | None = Field(default=None, ge=1, le=4096, description="images a step")
    momentum: float | None = Field(default=None, ge=0, lt=1, description="momentum of SGD")
    weight_decay: float | None = Field(default=None, ge=0, le=1, description="L2 penalty")
    schedule: Schedule | None = Field(default=None, description="course of the learning rate")
    augmentation: Augmentation | None = Field(default=None, description="augmentation of the train split")
    early_stop: bool | None = Field(default=None, description="end at the first epoch not below the parent")
    amp: bool | None = Field(default=None, description="bfloat16 autocast where the device gains from it")
    images: int | None = Field(
        default=None, ge=1, le=10**9, description="train images used an epoch; null: all; left out: as usual"
    )

    def on(self, default: Training) -> Training:
        """`default` with what was set here put over it."""
        every = {"images": None} if "images" in self.model_fields_set and self.images is None else {}
        return default.model_copy(update=self.model_dump(exclude_none=True) | every)


class WeightsSource(Value):
    """Weights of the root: where they begin (fresh, a checkpoint, pretrained), and whether a job trains them."""

    train: TrainingChoice | None = Field(
        default=None, description="train the root with these settings; null: take the weights as they are"
    )
    path: str | None = Field(
        default=None,
        max_length=1000,
        description="checkpoint, relative to one of the data folders of the server; where `train` follows, its head "
        "may be of other classes",
    )
    pretrained: bool = Field(
        default=False, description="begin with the weights that torchvision or timm publish for this network"
    )

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> "WeightsSource":
        if self.path is not None and self.pretrained:
            raise ValueError("give either `path` (a checkpoint) or `pretrained`, not both")
        if self.train is None and self.path is None and not self.pretrained:
            raise ValueError("give `train` (settings), `path` (a checkpoint) or `pretrained`")
        return self


class NewExperiment(Value):
    """What it takes to make an Experiment; all but data and network has a default."""

    name: str | None = Field(default=None, min_length=1, max_length=200, description="shown in the page")
    data: DataSource = Field(description="where the images come from")
    image_size: int | None = Field(
        default=None, ge=8, le=1024, description="edge in pixels that images are resized to; null: as the set has it"
    )
    mean: list[Mean] | None = Field(default=None, min_length=1, max_length=3, description="per channel, pixels 0-1")
    std: list[Deviation] | None = Field(default=None, min_length=1, max_length=3, description="per channel, pixels 0-1")
    network: NetworkSource = Field(description="the root, before any cut")
    weights: WeightsSource = Field(
        default_factory=lambda: WeightsSource(train=TrainingChoice()),
        description="where those of the root begin; unless given they are fresh, and trained",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="of splits, order of data and initial weights")
    tolerance: float = Field(default=0.005, ge=0, le=1, description="loss of accuracy that counts as recovered, 0-1")
    target_accuracy: float | None = Field(default=None, ge=0, le=1, description="what must be kept, 0-1")
    training: TrainingChoice = Field(default_factory=TrainingChoice, description="fine-tuning defaults")


class ExperimentChanges(Value):
    """What may change after an Experiment was made."""

    name: str | None = Field(
        default=None, min_length=1, max_length=200, description="shown in the page; null: as it is"
    )
    tolerance: float | None = Field(
        default=None, ge=0, le=1, description="for nodes made from now on, 0-1; null: as it is"
    )
    target_accuracy: float | None = Field(
        default=None, ge=0, le=1, description="what must be kept, 0-1; null: nothing; left out: as it is"
    )
    training: TrainingChoice | None = Field(
        default=None,
        description="fine-tuning defaults; what is null or left out stays, but for `images`: null is all of them",
    )


class Splits(Value):
    """Disjoint, stratified, seeded; kept by index with the Experiment."""

    train: int = Field(description="images for fine-tuning and scoring")
    selection: int = Field(description="images for everything that steers")
    test: int = Field(description="locked images, measured on request only")
    rule: str = Field(description="how the splits were made, in a sentence")


class Experiment(Value):
    """A data set, its splits, a root network, training defaults, tolerance, a seed."""

    id: int = Field(description="of the experiment")
    name: str = Field(description="shown in the page")
    created_at: datetime = Field(description="UTC")
    data: DataSource = Field(description="where the images come from")
    image_size: int = Field(description="edge in pixels")
    channels: int = Field(description="1 or 3")
    mean: list[float] = Field(description="per channel, pixels 0-1")
    std: list[float] = Field(description="per channel, pixels 0-1")
    classes: list[str] = Field(description="names, in the order of the network's outputs")
    network: NetworkSource = Field(description="the root, before any cut")
    weights: WeightsSource = Field(description="where those of the root began")
    seed: int = Field(description="of splits, order of data and initial weights")
    tolerance: float = Field(description="loss of accuracy that counts as recovered, 0-1")
    target_accuracy: float | None = Field(description="what must be kept, 0-1; null: nothing is set")
    root_training: Training | None = Field(description="what trains the root; null where it is imported")
    training: Training = Field(description="fine-tuning defaults")
    splits: Splits = Field(description="how many images are for what")
    import_accuracy: float | None = Field(
        description="imported root: accuracy on all official test images, measured once before they were split, 0-1"
    )
    import_images: int | None = Field(description="how many images that were")
    tests: int = Field(description="nodes measured on the test split so far, nodes deleted since included")
    tested_at: datetime | None = Field(description="when the last of them was measured, UTC; null: none was")
    notices: list[str] = Field(description="what was adapted or must be known, a sentence each")
    has_weights: bool = Field(
        description="false: it came as a bundle without weights, so that its nodes can be read but not pruned"
    )
    root_id: int = Field(description="id of node 0")
    nodes: int = Field(description="nodes in the tree, whatever their state")
    score_batches: int = Field(description="T, batches of one scoring pass")
    score_batch_size: int = Field(description="images a batch of the scoring pass")

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        splits = f"{self.splits.train} train, {self.splits.selection} selection, {self.splits.test} test"
        target = None if self.target_accuracy is None else percent(self.target_accuracy)
        report: list[tuple[str, Content | None]] = [
            ("data", f"{self.data.kind}, {len(self.classes)} classes, {self.channels} × {self.image_size}² pixels"),
            ("splits", splits),
            ("network", self.network.name),
            ("nodes", self.nodes),
            ("target accuracy", target),
            *(("notice", notice) for notice in self.notices),
        ]
        return facts(f"Experiment {self.id}: {self.name}", report)
