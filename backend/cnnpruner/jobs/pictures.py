"""Writes the thumbnails of the selection images, which the page can show without a worker."""

from pathlib import Path

import numpy as np

from cnnpruner.atomic import write_atomically
from cnnpruner.domain.progress import Progress
from cnnpruner.engine.pictures.thumbnails import thumbnail_shape, thumbnails
from cnnpruner.jobs.images import ImageSplits


def write_pictures(images: ImageSplits, path: Path, progress: Progress | None = None) -> None:
    """Write thumbnails of the selection images, uint8 [N, H, W, C] in the split's order. Raises StorageFailed."""
    pool, selection = images.selection
    shape = thumbnail_shape(pool, len(selection))

    def write(temporary_path: Path) -> None:
        with temporary_path.open("wb") as file:
            header = {"descr": "|u1", "fortran_order": False, "shape": (len(selection), *shape)}
            np.lib.format.write_array_header_1_0(file, header)
            done = 0
            for pictures in thumbnails(pool, selection, shape):
                file.write(pictures.data)
                done += len(pictures)
                if progress is not None:
                    progress(done / len(selection), "making thumbnails")

    write_atomically(path, write)
