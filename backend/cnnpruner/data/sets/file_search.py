"""Searches class folders for images, and counts the files that are not read. Does not open any file."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnnpruner.data.data_folders import IMAGE_SUFFIXES, LEGACY_IMAGE_SUFFIXES


@dataclass
class FileSearch:
    """Searches folders for images, and records the files and links that are not read."""

    data_folders: tuple[Path, ...]
    """Symbolic links may lead only into these folders."""
    suffixes: tuple[str, ...] = IMAGE_SUFFIXES
    root: Path = Path()
    """The image folder; paths in `examples` are relative to it."""
    non_image_file_counts: Counter[str] = field(default_factory=Counter)
    """Number of files that are not read as images, by file name extension."""
    examples: dict[str, str] = field(default_factory=dict)
    """Path of an example file for each extension in `non_image_file_counts`."""
    hidden_files: int = 0
    forbidden_links: dict[str, None] = field(default_factory=dict)
    """Links that lead out of the data folders."""
    linked_folders: list[str] = field(default_factory=list)
    """Links that lie inside class folders and lead to folders; they are not followed, because links may form a cycle.
    """

    def subfolders(self, folder: Path) -> tuple[str, ...]:
        """Return the sorted names of the folders in `folder`, except for hidden folders and links that lead out of the
        allowed folders.
        """
        if not folder.is_dir():
            return ()
        with os.scandir(folder) as entries:
            folders = [entry for entry in entries if entry.name[0] != "." and entry.is_dir()]
        return tuple(sorted(entry.name for entry in folders if self._may_read_entry(entry)))

    def images(self, folder: Path, prefix: str, is_recursive: bool = True) -> Iterator[str]:
        """Yield the names of all images in a folder, each with `prefix` in front. If `is_recursive`, also yield the
        images in subfolders, whose names contain the path from `folder`.
        """
        if not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if is_recursive and entry.name[0] != ".":
                        yield from self.images(folder / entry.name, f"{prefix}{entry.name}/")
                elif self._is_image_file(entry):
                    yield prefix + entry.name

    def count_images_outside_classes(self, folder: Path) -> int:
        """Return the number of images directly in a folder, outside any class folder."""
        return sum(1 for _ in self.images(folder, "", is_recursive=False))

    def _is_image_file(self, entry: os.DirEntry[str]) -> bool:
        if entry.name[0] == ".":
            self.hidden_files += 1
            return False
        if not entry.name.lower().endswith(self.suffixes):
            self._count_non_image_file(entry)
            return False
        return self._may_read_entry(entry)

    def _count_non_image_file(self, entry: os.DirEntry[str]) -> None:
        if entry.is_dir():
            self.linked_folders.append(self._get_relative_path(entry.path))
            return
        suffix = Path(entry.name).suffix.lower()
        self.non_image_file_counts[suffix] += 1
        self.examples.setdefault(suffix, self._get_relative_path(entry.path))

    def _may_read_entry(self, entry: os.DirEntry[str]) -> bool:
        if not entry.is_symlink():
            return True
        target = Path(os.path.realpath(entry.path))
        if any(target.is_relative_to(folder) for folder in self.data_folders):
            return True
        self.forbidden_links[self._get_relative_path(entry.path)] = None
        return False

    def _get_relative_path(self, path: str) -> str:
        return Path(os.path.relpath(path, self.root)).as_posix()


def create_file_search(root: Path, data_folders: Sequence[Path], is_legacy: bool) -> FileSearch:
    """Return a search of the image folder `root`.

    Symbolic links may lead only into `root` itself and into `data_folders`, which can be empty.
    """
    resolved_folders = tuple(Path(os.path.realpath(folder)) for folder in (*data_folders, root))
    return FileSearch(resolved_folders, LEGACY_IMAGE_SUFFIXES if is_legacy else IMAGE_SUFFIXES, root)
