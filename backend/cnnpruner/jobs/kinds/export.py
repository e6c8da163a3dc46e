"""Job `export`: writes a ready node's network in a portable format, then reads it back and checks it."""

import copy
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cnnpruner.atomic import write_atomically
from cnnpruner.domain.sharing.exports import ExportCheck, ExportFormat, NetworkRecord
from cnnpruner.errors import StorageFailed
from cnnpruner.formats.exports.archive import write_archive
from cnnpruner.formats.exports.writer import NetworkToExport, write_files
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

MAX_CHECKED_IMAGES = 256
"""Maximum number of selection images on which the exported file is checked. These images are spread evenly over the
split.
"""


@dataclass(frozen=True)
class ExportInputs:
    """The node to export, the format, and the record that describes the node."""

    setup: ExperimentSetup
    node: ReadyNode
    format: ExportFormat
    record: NetworkRecord
    """Record that describes the node. Its `check` is filled in after the export."""
    archive: Path
    """Output file for the archive."""


def run(inputs: ExportInputs, context: Context, cache: WorkerCache) -> ExportCheck:
    """Write the archive to `inputs.archive`, and return the result of its check. Raises ExportFailed, Unavailable and
    StorageFailed.
    """
    images = _choose_comparison_images(cache.images(inputs.setup, progress_in_range(context, 0.0, 0.2)))
    progress = progress_in_range(context, 0.2, 1.0)
    progress(0.0, f"writing {inputs.format}")
    network = copy.deepcopy(cache.network(inputs.setup, inputs.node)).cpu().eval()
    network_to_export = NetworkToExport(network, inputs.record, images)
    staging_folder = inputs.archive.with_suffix(".tmp")
    try:
        shutil.rmtree(staging_folder, ignore_errors=True)
        staging_folder.mkdir(parents=True)
        message = f"checking {inputs.format} on {len(images)} images"
        checked_record = write_files(
            inputs.format, network_to_export, staging_folder, lambda done, _: progress(0.3 + 0.6 * done, message)
        )
        write_atomically(inputs.archive, lambda path: write_archive(staging_folder, path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed(f"The export could not be written ({reason}); free up space and try again.") from error
    finally:
        shutil.rmtree(staging_folder, ignore_errors=True)
    assert checked_record.check is not None
    return checked_record.check


def _choose_comparison_images(images: ImageSplits) -> Tensor:
    """Return normalised selection images [N, C, H, W], N ≤ 256, on the CPU."""
    pool, selection = images.selection
    positions = np.linspace(0, len(selection) - 1, min(MAX_CHECKED_IMAGES, len(selection))).astype(np.int64)
    return images.normalize(pool.batch(torch.as_tensor(selection[positions]), images.device)).cpu()
