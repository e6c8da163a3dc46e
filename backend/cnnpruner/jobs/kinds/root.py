"""Job `root`: the uncut network, trained here or imported, measured; node 0 is ready."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torch import nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.experiments import Training
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.weights import write_weights
from cnnpruner.formats.checksums import sha256_of
from cnnpruner.jobs.cache import WorkerCache, fresh_network
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import SplitImages
from cnnpruner.jobs.initial_weights import InitialWeights, load_initial
from cnnpruner.jobs.measurement import Subject, check_cost, measure
from cnnpruner.jobs.pictures import write_pictures
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.jobs.training_runs import TrainingRun, Tuned, Tuning

READ, MADE = 0.05, 0.85
"""Progress when the images are there, and when the network has its weights and is evaluated."""


@dataclass(frozen=True)
class RootInputs:
    """The root begins with the checkpoint, else as the experiment says; `training` None: it is taken as it is."""

    setup: ExperimentSetup
    node_id: int
    training: Training | None
    checkpoint: Path | None
    weights: Path
    """Where the root's weights go."""
    pictures: Path
    """Where the selection pictures go."""


@dataclass(frozen=True)
class _Imported:
    """Accuracy on all official test images, a property of the import, measured before they are split for steering."""

    accuracy: float
    images: int


def run(inputs: RootInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """The root's weights and the selection pictures are on disk when this returns."""
    images = cache.images(inputs.setup, part(context, 0.0, READ))
    write_pictures(images, inputs.pictures, part(context, 0.0, READ))
    network = _begin(inputs, part(context, 0.0, READ)).to(images.device)
    imported: _Imported | None = None
    layers = inputs.setup.root_layers
    if inputs.training is not None:
        training_run = TrainingRun(inputs.training, layers, inputs.setup.experiment.seed, None, READ, MADE)
        root = Tuning(network, images, training_run, context).run()
    else:
        root, imported = _import(network, images, context)
    measured = measure(Subject(root.network, layers, inputs.node_id), inputs.setup, images, context, MADE)
    context.check()
    cost = check_cost(layers, write_weights(root.network, inputs.weights))
    return NodeResult(
        layers=layers,
        cost=cost,
        predictions=root.predictions,
        best_epoch=root.best_epoch,
        weights_sha256=sha256_of(inputs.weights),
        scores=measured.scores,
        latency=measured.latency,
        import_accuracy=imported.accuracy if imported else None,
        import_images=imported.images if imported else None,
    )


def _begin(inputs: RootInputs, tell: Progress) -> nn.Module:
    experiment = inputs.setup.experiment
    network = fresh_network(experiment)
    pretrained = experiment.weights.pretrained
    initial = InitialWeights(experiment.network, inputs.checkpoint, pretrained, inputs.training is not None)
    load_initial(network, initial, len(experiment.classes), experiment.channels, tell)
    return network


def _import(network: nn.Module, images: SplitImages, context: Context) -> tuple[Tuned, _Imported | None]:
    """Evaluate imported weights: epoch 0 is all there is."""
    started = time.monotonic()
    tell = part(context, READ, MADE)
    found = predict(network, *images.selection, images.normalize, lambda done, text: tell(done / 2, text))
    row = Epoch(
        epoch=0,
        train_loss=None,
        loss=found.loss,
        accuracy=found.accuracy,
        learning_rate=None,
        seconds=time.monotonic() - started,
        at=datetime.now(UTC),
    )
    imported: _Imported | None = None
    if images.splits_official_test:
        # Together the two halves are all official test images; each is looked at once.
        rest = predict(network, *images.test, images.normalize, lambda done, text: tell((1 + done) / 2, text))
        count = len(found.labels) + len(rest.labels)
        imported = _Imported((found.correct + rest.correct) / count, count)
    if not context.finished_epochs:
        context.epoch(row)
    return Tuned(network.eval(), 0, found), imported
