"""Sentences about an image folder: what is wrong with it and how that is cured."""

from collections import Counter
from collections.abc import Sequence
from statistics import median_low

from cnnpruner.data.data_folders import PICTURES
from cnnpruner.data.reports.files import Examined
from cnnpruner.data.sets.class_folders import ClassFolders, Part

NAMED = 20
"""So many broken files are named."""
SOME = 5
IMBALANCED = 3.0
FEW = 5
"""Fewer pictures of a class cannot be in all splits."""


def find_errors(folders: ClassFolders, examined: Examined | None) -> list[str]:
    """What must be mended before anything can be made of the folder; without `examined`, what the names alone tell."""
    train, classes = folders.train, folders.classes
    if len(classes) < 2:
        found = f"only one class, {classes[0]}" if classes else "no class folders"
        return [f"Folder {train.name} holds {found}; make a folder per class, at least two."]
    kinds = ", ".join(PICTURES)
    empty = [classes[label] for label in range(len(classes)) if not train.counts(len(classes))[label]]
    errors = [f"Class {name} in {train.name} holds no pictures ({kinds}); add some or remove it." for name in empty]
    for part in (folders.val, folders.unseen):
        if part is not None:
            errors += errors_beside(part)
    if examined is not None and examined.unreadable:
        errors.append(_unreadable(examined.unreadable))
    return errors


def errors_beside(part: Part) -> list[str]:
    """What must be mended in a folder whose classes are those of another."""
    errors = [
        f"Folder {part.name} has a class {name} that train has not; remove or rename it." for name in part.unknown
    ]
    if not len(part.labels):
        errors.append(f"Folder {part.name} holds no pictures of the classes of train; add some or remove it.")
    return errors


def _unreadable(files: Sequence[tuple[str, str]]) -> str:
    named = "; ".join(f"{place} ({reason})" for place, reason in files[:NAMED])
    if len(files) == 1:
        return f"Picture {files[0][0]} cannot be read ({files[0][1]}); remove or replace it."
    more = f"; and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
    return f"{len(files):,} pictures cannot be read: {named}{more}. Remove or replace them."


def find_warnings(folders: ClassFolders, examined: Examined) -> list[str]:
    """What can be worked with, but should be known."""
    return [
        *imbalance(folders.classes, folders.train.counts(len(folders.classes)).tolist()),
        *_missing(folders, folders.val),
        *_missing(folders, folders.unseen),
        *_duplicates(folders, examined),
    ]


def imbalance(classes: Sequence[str], counts: Sequence[int]) -> list[str]:
    """That some classes have far fewer images than others, and that some have too few for all splits."""
    there = sorted((count, name) for name, count in zip(classes, counts, strict=True) if count)
    if len(there) < 2:
        return []
    (least, _), (most, largest) = there[0], there[-1]
    said = []
    if most >= IMBALANCED * least:
        small = ", ".join(f"{name} {count:,}" for count, name in there[:SOME] if most >= IMBALANCED * count)
        said.append(
            f"The classes are imbalanced: {largest} has {most:,} images, {small}. Accuracy says little about the small "
            "ones: watch them in the confusion matrix, limit their loss in plans, or add images."
        )
    if least < FEW:
        few = ", ".join(f"{name} {count}" for count, name in there[:SOME] if count < FEW)
        said.append(f"Some classes have too few images to be in every split ({few}); add some, {FEW} at least.")
    return said


def _missing(folders: ClassFolders, part: Part | None) -> list[str]:
    if part is None:
        return []
    counts = part.counts(len(folders.classes))
    gone = [name for name, count in zip(folders.classes, counts, strict=True) if not count]
    if not gone or not len(part.labels):
        return []
    named = ", ".join(gone[:SOME]) + (f" and {len(gone) - SOME} more" if len(gone) > SOME else "")
    return [f"Folder {part.name} has no pictures of {named}: nothing can be measured of them there; add some."]


def _duplicates(folders: ClassFolders, examined: Examined) -> list[str]:
    beside = " and ".join(part.name for part in folders.parts[1:])
    harm = {
        "beside": (
            f"of {beside} that are also in {folders.train.name}",
            "Being right about them proves nothing; remove them from one of the two.",
        ),
        "between": ("that lie in more than one class", "No answer to them is right; keep them in one."),
        "within": (
            "that are in their class more than once",
            "Copies may come to lie in train and selection both; remove them.",
        ),
    }
    return [
        f"Pictures {harm[one.kinship][0]}: {one.count:,}, for instance {' and '.join(one.example)}. "
        f"{harm[one.kinship][1]}"
        for one in examined.duplicates
    ]


def describe_sizes(sizes: Counter[tuple[int, int]]) -> str:
    """In a sentence."""
    if len(sizes) == 1:
        ((width, height),) = sizes
        return f"All pictures are of {width}×{height} pixels."
    edges = sorted(min(size) for size in sizes.elements())
    return (
        f"Pictures have {len(sizes):,} different sizes; their shorter edges are {edges[0]} to {edges[-1]} pixels, "
        f"{median_low(edges)} in the middle."
    )


def describe_modes(modes: Counter[str]) -> list[str]:
    """That grey and coloured pictures are mixed, where they are."""
    grey = sum(count for mode, count in modes.items() if mode in ("L", "1", "LA", "I;16", "I", "F"))
    if not grey or grey == modes.total():
        return []
    return [f"{grey:,} of {modes.total():,} pictures are grey; they are read into three equal channels."]
