"""Finds the train, selection and test folders of an image folder by their names."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.data.sets.file_search import FileSearch
from cnnpruner.data.split_names import Split, parse_split_name

LEGACY_TEST_NAMES = ("val", "valid", "test")
"""Names of the folders that version 0.1.0 used as the test split. If several of these folders existed, that version
used the first.
"""
_SPLIT_TEXTS: dict[Split, str] = {"train": "training", "selection": "selection", "test": "test"}


@dataclass(frozen=True)
class Layout:
    """The folder that contains the training classes, and the folders of the other splits that exist."""

    train: Path
    selection: Path | None = None
    test: Path | None = None
    unused: tuple[Path, ...] = ()
    """Other folders next to the training folder."""
    errors: tuple[str, ...] = ()


def find_layout(root: Path, search: FileSearch) -> Layout:
    """Return the folders of the splits. A folder named like a split counts as a split only if it contains folders."""
    names = search.subfolders(root)
    split_names = {split: [name for name in names if parse_split_name(name) == split] for split in _SPLIT_TEXTS}
    folders = {split: [name for name in split_names[split] if search.subfolders(root / name)] for split in split_names}
    if not folders["train"]:
        return Layout(root, errors=_explain_missing_train(root, names, folders))
    chosen = {
        split: _enter_repeated_folder(root / candidate_names[0], search)
        for split, candidate_names in folders.items()
        if candidate_names
    }
    used_names = {candidate_names[0] for candidate_names in folders.values() if candidate_names}
    unused = tuple(root / name for name in names if name not in used_names)
    errors = tuple(
        _explain_ambiguous_split(split, candidate_names)
        for split, candidate_names in folders.items()
        if len(candidate_names) > 1
    )
    return Layout(chosen["train"], chosen.get("selection"), chosen.get("test"), unused, errors)


def find_legacy_layout(root: Path) -> Layout:
    """Return the folders that version 0.1.0 would use."""
    train = root / "train" if (root / "train").is_dir() else root
    test_folders = [root / name for name in LEGACY_TEST_NAMES if (root / name).is_dir()] if train != root else []
    return Layout(train, test=test_folders[0] if test_folders else None)


def _enter_repeated_folder(folder: Path, search: FileSearch) -> Path:
    """If `folder` contains nothing but a folder of the same split, as in `seg_train/seg_train`, return that folder.
    Otherwise, return `folder`.
    """
    names = search.subfolders(folder)
    if (
        len(names) == 1
        and parse_split_name(names[0]) == parse_split_name(folder.name)
        and search.subfolders(folder / names[0])
    ):
        return folder / names[0]
    return folder


def _explain_missing_train(root: Path, names: tuple[str, ...], folders: dict[Split, list[str]]) -> tuple[str, ...]:
    found_names = [*folders["selection"], *folders["test"]]
    if not found_names or set(found_names) != set(names):
        return ()
    return (
        f"Folder {root.name} contains {' and '.join(found_names)}, but no folder `train`; "
        "put the training images there, one folder per class.",
    )


def _explain_ambiguous_split(split: Split, names: list[str]) -> str:
    return (
        f"Several folders are recognised as folders of {_SPLIT_TEXTS[split]} images: {' and '.join(names)}. Merge "
        "them, or rename all but one of them."
    )
