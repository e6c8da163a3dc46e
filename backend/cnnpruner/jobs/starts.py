"""The networks from which fine-tuning can start: the network as cut, with batch norm re-estimated, or reconstructed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress, scale_progress
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.provenance import ReconstructionRecord, StartAccuracies, StartWeights, UnfittedLayer
from cnnpruner.domain.tree.training import TrainingStart
from cnnpruner.engine.reconstruction.reconstruction import FitSettings, NetworkCut, reconstruct
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.training.batches import TrainData, scoring_batches
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.recalibration import has_batch_norm, recalibrate
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.planning.intervals import accuracy_with_interval

RECALIBRATION_BATCHES, RECALIBRATION_BATCH_SIZE = 32, 64
"""Number and size of the batches on which batch norm is re-estimated: 2,048 training images, in a seeded order."""
MAX_LAYER_OUTPUT_BYTES = 768 * 2**20
"""Maximum size of the output of any one layer on all images of a reconstruction. Fewer images are used if the output
would be larger.
"""


@dataclass(frozen=True)
class ReconstructionSize:
    """The number of training images for a reconstruction, and the number of positions in each image at which outputs
    are compared.
    """

    images: int
    places: int


QUICK_RECONSTRUCTION = ReconstructionSize(512, 24)
"""Size of the reconstruction for a first, quick preview."""
FULL_RECONSTRUCTION = ReconstructionSize(2048, 8)
"""Size of the reconstruction for the final preview, and for the start of fine-tuning."""


@dataclass(frozen=True)
class StartRecord:
    """Which weights training starts from, and how they were chosen."""

    weights: StartWeights
    accuracies: StartAccuracies | None = None
    """Accuracies of the networks that were compared as starting points; None if there was nothing to compare."""
    reconstruction: ReconstructionRecord | None = None


@dataclass(frozen=True)
class PrunedNetworkBuilder:
    """Makes all versions of a plan's network from which training can start. These networks depend only on the fields of
    this class, so that a preview and a fine-tuning run get the same ones.
    """

    parent: nn.Module
    layers: Layers
    """Structure of the parent."""
    units: Collection[int]
    train: TrainData
    seed: int

    def cut(self) -> nn.Module:
        """Return the cut network, with the parent's weights for the remaining filters."""
        return cut(self.parent, self.layers, self.units).eval()

    def recalibrated(self, network: nn.Module, progress: Progress) -> nn.Module:
        """Return a copy of the cut network with batch norm re-estimated, or the network itself if it has no batch
        norm.
        """
        if not has_batch_norm(network):
            return network
        batches = scoring_batches(self.train, RECALIBRATION_BATCHES, RECALIBRATION_BATCH_SIZE, self.seed)

        def batches_with_progress() -> Iterator[Tensor]:
            for number, (pictures, _) in enumerate(batches):
                progress(number / RECALIBRATION_BATCHES, "re-estimating batch norm statistics")
                yield pictures

        return recalibrate(network, batches_with_progress())

    def reconstruction_sizes(self) -> list[ReconstructionSize]:
        """Return the sizes of the quick and of the full reconstruction, or a single size if there are few images."""
        max_layer_outputs = max(layer.filters * layer.height * layer.width for layer in self.layers.layers)
        limit = max(1, min(len(self.train.indices), MAX_LAYER_OUTPUT_BYTES // (4 * max_layer_outputs)))
        if limit <= QUICK_RECONSTRUCTION.images:
            return [ReconstructionSize(limit, QUICK_RECONSTRUCTION.places)]
        return [
            QUICK_RECONSTRUCTION,
            ReconstructionSize(min(limit, FULL_RECONSTRUCTION.images), FULL_RECONSTRUCTION.places),
        ]

    def reconstructed(
        self, network: nn.Module, settings: ReconstructionSize, progress: Progress
    ) -> tuple[nn.Module, ReconstructionRecord]:
        """Return a copy of the cut network whose layers are fitted to reproduce their outputs in the parent, and a
        record of which layers were fitted.
        """
        batches = list(scoring_batches(self.train, 1, settings.images, self.seed))
        images = torch.cat([pictures for pictures, _ in batches])
        fit_settings = FitSettings(places=settings.places, seed=self.seed)
        result = reconstruct(NetworkCut(self.parent, self.layers, self.units, network), images, fit_settings, progress)
        record = ReconstructionRecord(
            fitted=len(result.fitted),
            layers=len(result.fitted) + len(result.unfitted),
            unfitted=[UnfittedLayer(layer=name, reason=reason) for name, reason in result.unfitted.items()],
            images=settings.images,
            places=settings.places,
        )
        return result.network, record


@dataclass(frozen=True)
class InitialNetworkBuilder:
    """Makes the network from which fine-tuning starts, according to the setting `start`."""

    networks: PrunedNetworkBuilder
    images: ImageSplits
    start: TrainingStart

    def build(self, progress: Progress) -> tuple[nn.Module, StartRecord]:
        """Return the network from which training starts, and a record of it.

        If `start` is `best`, this is the network that classifies the most selection images correctly; in case of a tie,
        the one that is cheapest to make.
        """
        cut_network = self.networks.cut()
        if self.start == "cut":
            return cut_network, StartRecord("cut")
        if self.start == "recalibrated":
            return self.networks.recalibrated(cut_network, progress), StartRecord("recalibrated")
        if self.start == "reconstructed":
            network, record = self._reconstruct(cut_network, progress)
            return network, StartRecord("reconstructed", None, record)
        return self._choose_most_accurate_start(cut_network, progress)

    def _reconstruct(self, cut_network: nn.Module, progress: Progress) -> tuple[nn.Module, ReconstructionRecord]:
        return self.networks.reconstructed(cut_network, self.networks.reconstruction_sizes()[-1], progress)

    def _choose_most_accurate_start(self, cut_network: nn.Module, progress: Progress) -> tuple[nn.Module, StartRecord]:
        networks: dict[StartWeights, nn.Module] = {"cut": cut_network}
        predictions = {"cut": self._predict(cut_network, scale_progress(progress, 0.0, 0.1))}
        if has_batch_norm(cut_network):
            networks["recalibrated"] = self.networks.recalibrated(cut_network, scale_progress(progress, 0.1, 0.25))
            predictions["recalibrated"] = self._predict(networks["recalibrated"], scale_progress(progress, 0.25, 0.35))
        networks["reconstructed"], record = self._reconstruct(cut_network, scale_progress(progress, 0.35, 0.9))
        predictions["reconstructed"] = self._predict(networks["reconstructed"], scale_progress(progress, 0.9, 1.0))
        best = max(networks, key=lambda name: predictions[name].correct)  # the first of equals
        accuracies = {
            name: accuracy_with_interval(value.correct, len(value.labels)) for name, value in predictions.items()
        }
        start_accuracies = StartAccuracies(
            cut=accuracies["cut"],
            recalibrated=accuracies.get("recalibrated"),
            reconstructed=accuracies["reconstructed"],
        )
        return networks[best], StartRecord(best, start_accuracies, record if best == "reconstructed" else None)

    def _predict(self, network: nn.Module, progress: Progress) -> Predictions:
        return predict(network, *self.images.selection, self.images.normalize, progress)
