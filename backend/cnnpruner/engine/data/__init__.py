"""Images: where they lie, how they are read, split and varied. Importing this package does not import torch."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cnnpruner.domain.experiments import DataSource
from cnnpruner.engine.data.options import ImageOptions

if TYPE_CHECKING:
    from cnnpruner.engine.data.loading import LoadedData

__all__ = ["ImageOptions", "load_data"]


def load_data(
    source: DataSource,
    folder: Path | None,
    options: ImageOptions,
    progress: Callable[[float, str], None] | None = None,
    unseen: Path | None = None,
) -> "LoadedData":
    """Read the images of `source`; see `loading.load_data`. Imports torch only when called."""
    from cnnpruner.engine.data import loading

    return loading.load_data(source, folder, options, progress, unseen)
