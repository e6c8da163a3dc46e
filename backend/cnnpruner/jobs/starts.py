"""The networks that a fine-tuning can start from: as cut, with batch norm re-estimated, or reconstructed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import ReconstructionRecord, UnfittedLayer
from cnnpruner.domain.progress import Progress
from cnnpruner.engine.reconstruction.reconstruction import Cut, FitSettings, reconstruct
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.training.batches import TrainData, scoring_batches
from cnnpruner.engine.training.recalibration import recalibrate

RECALIBRATION_BATCHES, RECALIBRATION_BATCH_SIZE = 32, 64
"""Batch norm is re-estimated on 2,048 training images in seeded order."""
MAX_LAYER_BYTES = 768 * 2**20
"""The output of one layer for all images takes at most this much memory; fewer images are used otherwise."""


@dataclass(frozen=True)
class ImagePlaces:
    """How many training images a reconstruction uses, and at how many places of each it compares outputs."""

    images: int
    places: int


QUICK = ImagePlaces(512, 24)
"""Of a first, quick preview."""
FULL = ImagePlaces(2048, 8)
"""Of the final preview, and of the start of a fine-tuning."""


@dataclass(frozen=True)
class PrunedNetworks:
    """Makes the networks that a plan's network can be before any training. All depend on these values alone, so a
    preview and the start of a fine-tuning get the same ones.
    """

    parent: nn.Module
    layers: Layers
    """Structure of the parent."""
    units: Collection[int]
    train: TrainData
    seed: int

    def cut(self) -> nn.Module:
        """Return the network directly after pruning."""
        return cut(self.parent, self.layers, self.units).eval()

    def recalibrated(self, network: nn.Module, progress: Progress) -> nn.Module:
        """Return a copy of the cut network with batch norm re-estimated."""
        batches = scoring_batches(self.train, RECALIBRATION_BATCHES, RECALIBRATION_BATCH_SIZE, self.seed)

        def batches_with_progress() -> Iterator[Tensor]:
            for number, (pictures, _) in enumerate(batches):
                progress(number / RECALIBRATION_BATCHES, "re-estimating batch norm")
                yield pictures

        return recalibrate(network, batches_with_progress())

    def image_places(self) -> list[ImagePlaces]:
        """Return the settings of the quick reconstruction and of the full one; one alone if there are few images."""
        largest = max(layer.filters * layer.height * layer.width for layer in self.layers.layers)
        limit = max(1, min(len(self.train.indices), MAX_LAYER_BYTES // (4 * largest)))
        if limit <= QUICK.images:
            return [ImagePlaces(limit, QUICK.places)]
        return [QUICK, ImagePlaces(min(limit, FULL.images), FULL.places)]

    def reconstructed(
        self, network: nn.Module, settings: ImagePlaces, progress: Progress
    ) -> tuple[nn.Module, ReconstructionRecord]:
        """Return a copy of the cut network that is fitted to the parent, and what was fitted."""
        batches = list(scoring_batches(self.train, 1, settings.images, self.seed))
        images = torch.cat([pictures for pictures, _ in batches])
        fit_settings = FitSettings(places=settings.places, seed=self.seed)
        result = reconstruct(Cut(self.parent, self.layers, self.units, network), images, fit_settings, progress)
        record = ReconstructionRecord(
            fitted=len(result.fitted),
            layers=len(result.fitted) + len(result.unfitted),
            unfitted=[UnfittedLayer(layer=name, reason=reason) for name, reason in result.unfitted.items()],
            images=settings.images,
            places=settings.places,
        )
        return result.network, record
