"""Sentences about an image folder: its problems and how to fix them."""

from collections import Counter
from collections.abc import Sequence
from statistics import median_low

from cnnpruner.data.data_folders import IMAGE_SUFFIXES
from cnnpruner.data.reports.files import FileInspection
from cnnpruner.data.sets.class_folders import FolderSubset, ImageFolder

MAX_NAMED_FILES = 20
"""Messages name at most this many unreadable files."""
MAX_NAMED_CLASSES = 5
IMBALANCE_RATIO = 3.0
MIN_CLASS_IMAGES = 5
"""A class needs at least this many images to be in all splits."""


def find_errors(folder: ImageFolder, inspection: FileInspection | None) -> list[str]:
    """Return what must be fixed before the folder can be used. Without `inspection`, only folder and file names are
    checked.
    """
    train, classes = folder.train, folder.classes
    if len(classes) < 2:
        content = f"only one class, {classes[0]}" if classes else "no class folders"
        return [f"Folder {train.name} contains {content}; create one folder per class, at least two."]
    suffixes = ", ".join(IMAGE_SUFFIXES)
    empty_classes = [classes[label] for label in range(len(classes)) if not train.counts(len(classes))[label]]
    errors = [
        f"Class {name} in {train.name} has no images ({suffixes}); add some or remove it." for name in empty_classes
    ]
    for subset in (folder.val, folder.unseen):
        if subset is not None:
            errors += find_subset_errors(subset)
    if inspection is not None and inspection.unreadable_files:
        errors.append(_describe_unreadable(inspection.unreadable_files))
    return errors


def find_subset_errors(subset: FolderSubset) -> list[str]:
    """Return what must be fixed in a val or unseen folder, which must have the same classes as train."""
    errors = [
        f"Folder {subset.name} has a class {name} that train does not have; remove or rename the class."
        for name in subset.unknown_classes
    ]
    if not len(subset.labels):
        errors.append(f"Folder {subset.name} has no images of the classes in train; add some or remove it.")
    return errors


def _describe_unreadable(files: Sequence[tuple[str, str]]) -> str:
    named_files = "; ".join(f"{path} ({reason})" for path, reason in files[:MAX_NAMED_FILES])
    if len(files) == 1:
        return f"Image {files[0][0]} cannot be read ({files[0][1]}); remove or replace it."
    more = f"; and {len(files) - MAX_NAMED_FILES:,} more" if len(files) > MAX_NAMED_FILES else ""
    return f"{len(files):,} images cannot be read: {named_files}{more}. Remove or replace them."


def find_warnings(folder: ImageFolder, inspection: FileInspection) -> list[str]:
    """Return problems that do not prevent the folder from being used."""
    return [
        *describe_imbalance(folder.classes, folder.train.counts(len(folder.classes)).tolist()),
        *_describe_missing_classes(folder, folder.val),
        *_describe_missing_classes(folder, folder.unseen),
        *_describe_duplicates(folder, inspection),
    ]


def describe_imbalance(classes: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Return sentences on classes that have far fewer images than others, or too few for all splits."""
    classes_by_count = sorted((count, name) for name, count in zip(classes, counts, strict=True) if count)
    if len(classes_by_count) < 2:
        return []
    (smallest_count, _), (largest_count, largest_class) = classes_by_count[0], classes_by_count[-1]
    sentences = []
    if largest_count >= IMBALANCE_RATIO * smallest_count:
        small_classes = ", ".join(
            f"{name} {count:,}"
            for count, name in classes_by_count[:MAX_NAMED_CLASSES]
            if largest_count >= IMBALANCE_RATIO * count
        )
        sentences.append(
            f"The classes are imbalanced: {largest_class} has {largest_count:,} images, {small_classes}. "
            "Accuracy says little about the small classes: watch them in the confusion matrix, limit their loss of "
            "accuracy in plans, or add images."
        )
    if smallest_count < MIN_CLASS_IMAGES:
        too_small_classes = ", ".join(
            f"{name} {count}" for count, name in classes_by_count[:MAX_NAMED_CLASSES] if count < MIN_CLASS_IMAGES
        )
        sentences.append(
            f"Some classes have too few images to be in every split ({too_small_classes}); give each at "
            f"least {MIN_CLASS_IMAGES}."
        )
    return sentences


def _describe_missing_classes(folder: ImageFolder, subset: FolderSubset | None) -> list[str]:
    if subset is None:
        return []
    counts = subset.counts(len(folder.classes))
    missing_classes = [name for name, count in zip(folder.classes, counts, strict=True) if not count]
    if not missing_classes or not len(subset.labels):
        return []
    more = f" and {len(missing_classes) - MAX_NAMED_CLASSES} more" if len(missing_classes) > MAX_NAMED_CLASSES else ""
    named_classes = ", ".join(missing_classes[:MAX_NAMED_CLASSES]) + more
    return [f"Folder {subset.name} has no images of {named_classes}, so accuracy on them cannot be measured; add some."]


def _describe_duplicates(folder: ImageFolder, inspection: FileInspection) -> list[str]:
    other_subsets = " and ".join(subset.name for subset in folder.subsets[1:])
    explanations = {
        "across_subsets": (
            f"in {other_subsets} that are also in {folder.train.name}",
            "The network may have memorised these; remove them from one of the folders.",
        ),
        "across_classes": (
            "that are in more than one class",
            "No prediction can be right for all copies; keep each image in one class only.",
        ),
        "within_class": (
            "that occur more than once in their class",
            "Copies may be put into both the train and the selection split; remove them.",
        ),
    }
    sentences = []
    for duplicates in inspection.duplicates:
        location, consequence = explanations[duplicates.kind]
        example = " and ".join(duplicates.example)
        sentences.append(f"Images {location}: {duplicates.count:,}, for example {example}. {consequence}")
    return sentences


def describe_sizes(sizes: Counter[tuple[int, int]]) -> str:
    """Describe the sizes of images in one sentence."""
    if len(sizes) == 1:
        ((width, height),) = sizes
        return f"All images are {width}×{height} pixels."
    shorter_edges = sorted(min(size) for size in sizes.elements())
    return (
        f"Images have {len(sizes):,} different sizes; their shorter edges are {shorter_edges[0]} to "
        f"{shorter_edges[-1]} pixels, median {median_low(shorter_edges)}."
    )


def describe_modes(modes: Counter[str]) -> list[str]:
    """Return a sentence if the folder mixes grey and coloured images."""
    grey_images = sum(count for mode, count in modes.items() if mode in ("L", "1", "LA", "I;16", "I", "F"))
    if not grey_images or grey_images == modes.total():
        return []
    return [f"{grey_images:,} of {modes.total():,} images are grey; they are read as three equal channels."]
