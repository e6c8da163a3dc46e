"""Selection pictures on disk, for the page to show without a worker."""

from pathlib import Path

import numpy as np

from cnnpruner.engine.thumbnails import selection_pictures
from cnnpruner.jobs.durable import write_durably
from cnnpruner.jobs.images import SplitImages


def write_pictures(images: SplitImages, path: Path) -> None:
    """Write uint8 [N, H, W, C] in the order of the selection split. Raises StorageFailed."""
    pictures = selection_pictures(*images.selection)

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:  # np.save on a path would add a suffix to it
            np.save(file, pictures, allow_pickle=False)

    write_durably(path, write)
