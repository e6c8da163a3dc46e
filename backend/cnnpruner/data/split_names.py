"""Finds out which split a folder's name stands for, in the usual spellings. Does not import torch."""

import re
from typing import Literal

Split = Literal["train", "selection", "test"]

_SPLIT_SPELLINGS: dict[Split, tuple[str, ...]] = {
    "train": ("train", "training", "trn"),
    "selection": ("val", "valid", "validation", "validate", "dev", "devel", "development"),
    "test": ("test", "testing", "tst"),
}
_SPLIT_BY_WORD: dict[str, Split] = {word: split for split, words in _SPLIT_SPELLINGS.items() for word in words}
_IGNORED_WORDS = {
    *("set", "sets", "data", "dataset", "split", "folder", "files", "seg"),
    *("image", "images", "img", "imgs", "picture", "pictures"),
}
"""Words that may accompany the name of a split, as in `train_images` or `seg_test`."""


def parse_split_name(name: str) -> Split | None:
    """Return the split that a folder's name stands for. Ignores case, years, and words such as `set` or `images`.

    None if the name does not stand for exactly one split.
    """
    words = [_strip_split_suffix(word) for word in re.split(r"[^a-z]+", name.lower()) if word]
    if any(word not in _SPLIT_BY_WORD and word not in _IGNORED_WORDS for word in words):
        return None
    splits = {_SPLIT_BY_WORD[word] for word in words if word in _SPLIT_BY_WORD}
    return splits.pop() if len(splits) == 1 else None


def _strip_split_suffix(word: str) -> str:
    """Return the word without a suffix such as `set` if the rest stands for a split: `train` for `trainset`. Other
    words are returned unchanged.
    """
    for suffix in ("dataset", "set", "data", "images", "split"):
        if word.removesuffix(suffix) in _SPLIT_BY_WORD:
            return word.removesuffix(suffix)
    return word
