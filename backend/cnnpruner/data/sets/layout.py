"""Finds the train, selection and test folders of an image folder by their names."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.data.sets.file_search import FileSearch
from cnnpruner.data.split_names import Split, parse_split_name

LEGACY_TEST_FOLDER_NAMES = ("val", "valid", "test")
"""Names of the folders that version 0.1.0 used as the test split. If several of these folders existed, that version
used the first.
"""
_SPLIT_TITLES: dict[Split, str] = {"train": "training", "selection": "selection", "test": "test"}


@dataclass(frozen=True)
class FolderLayout:
    """The folder that contains the training classes, and the folders of the other splits that exist."""

    train: Path
    selection: Path | None = None
    test: Path | None = None
    unused_folders: tuple[Path, ...] = ()
    """Other folders next to the training folder."""
    errors: tuple[str, ...] = ()


def find_layout(root: Path, file_search: FileSearch) -> FolderLayout:
    """Return the folders of the splits. A folder named like a split counts as a split only if it contains folders."""
    names = file_search.subfolders(root)
    folder_names_by_split = {
        split: [name for name in names if parse_split_name(name) == split] for split in _SPLIT_TITLES
    }
    folders = {
        split: [name for name in folder_names_by_split[split] if file_search.subfolders(root / name)]
        for split in folder_names_by_split
    }
    if not folders["train"]:
        return FolderLayout(root, errors=_explain_missing_train_folder(root, names, folders))
    split_folders = {
        split: _unwrap_nested_split_folder(root / candidate_names[0], file_search)
        for split, candidate_names in folders.items()
        if candidate_names
    }
    used_folder_names = {candidate_names[0] for candidate_names in folders.values() if candidate_names}
    unused_folders = tuple(root / name for name in names if name not in used_folder_names)
    errors = tuple(
        _explain_ambiguous_split(split, candidate_names)
        for split, candidate_names in folders.items()
        if len(candidate_names) > 1
    )
    return FolderLayout(
        split_folders["train"], split_folders.get("selection"), split_folders.get("test"), unused_folders, errors
    )


def find_legacy_layout(root: Path) -> FolderLayout:
    """Return the folders that version 0.1.0 would use."""
    train = root / "train" if (root / "train").is_dir() else root
    test_folders = [root / name for name in LEGACY_TEST_FOLDER_NAMES if (root / name).is_dir()] if train != root else []
    return FolderLayout(train, test=test_folders[0] if test_folders else None)


def _unwrap_nested_split_folder(folder: Path, file_search: FileSearch) -> Path:
    """If `folder` contains nothing but a folder of the same split, as in `seg_train/seg_train`, return that folder.
    Otherwise, return `folder`.
    """
    names = file_search.subfolders(folder)
    if (
        len(names) == 1
        and parse_split_name(names[0]) == parse_split_name(folder.name)
        and file_search.subfolders(folder / names[0])
    ):
        return folder / names[0]
    return folder


def _explain_missing_train_folder(
    root: Path, names: tuple[str, ...], folders: dict[Split, list[str]]
) -> tuple[str, ...]:
    split_folder_names = [*folders["selection"], *folders["test"]]
    if not split_folder_names or set(split_folder_names) != set(names):
        return ()
    return (
        f"Folder {root.name} contains {' and '.join(split_folder_names)}, but no folder `train`; "
        "put the training images there, one folder per class.",
    )


def _explain_ambiguous_split(split: Split, names: list[str]) -> str:
    return (
        f"Several folders are recognised as folders of {_SPLIT_TITLES[split]} images: {' and '.join(names)}. Merge "
        "them, or rename all but one of them."
    )
