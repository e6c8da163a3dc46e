"""Sentences about an image folder: its problems and how to fix them."""

from collections import Counter
from collections.abc import Sequence
from statistics import median_low

from cnnpruner.data.data_folders import IMAGE_SUFFIXES
from cnnpruner.data.reports.files import FileInspection
from cnnpruner.data.reports.listing_checks import describe_unread_files, find_listing_errors, find_listing_warnings
from cnnpruner.data.reports.pixel_checks import describe_multi_image_files, find_pixel_errors, find_pixel_warnings
from cnnpruner.data.sets.class_folders import FolderSubset, ImageFolder

_MAX_SUFFIXES = 6
_IMAGE_SUFFIXES_TEXT = f"{', '.join(IMAGE_SUFFIXES[:_MAX_SUFFIXES])} and {len(IMAGE_SUFFIXES) - _MAX_SUFFIXES} more"
MAX_NAMED_FILES = 20
"""Messages name at most this many unreadable files."""
MAX_NAMED_CLASSES = 5
IMBALANCE_RATIO = 3.0
MIN_IMAGES_PER_CLASS = 5
"""A class needs at least this many images to be in all splits."""


def find_folder_errors(folder: ImageFolder, inspection: FileInspection | None) -> list[str]:
    """Return a sentence for each problem that must be fixed before the folder can be used.

    If `inspection` is None, only the names of folders and files are checked.
    """
    train, classes = folder.train, folder.classes
    errors = find_listing_errors(folder)
    if len(classes) < 2 and not errors:
        content = f"only one class, {classes[0]}" if classes else "no class folders"
        return [f"Folder {train.name} contains {content}; create a folder for each of at least two classes."]
    empty_classes = [classes[label] for label in range(len(classes)) if not train.counts(len(classes))[label]]
    errors += [
        f"Class {name} in {train.name} has no images (files with the extension {_IMAGE_SUFFIXES_TEXT}); "
        "add images or remove the class."
        for name in empty_classes
    ]
    for subset in folder.subsets[1:]:
        errors += find_subset_errors(subset, classes)
    if inspection is not None:
        errors += _describe_unreadable_files(inspection.unreadable_files) + find_pixel_errors(inspection)
    return errors


def find_subset_errors(subset: FolderSubset, classes: Sequence[str]) -> list[str]:
    """Return a sentence for each problem that must be fixed in a selection or test folder, which must have the same
    classes as the training folder.
    """
    class_by_lower_name = {name.lower(): name for name in classes}
    errors = [
        f"Folder {subset.name} has the class {name}, which train does not "
        f"have{_suggest_class(name, class_by_lower_name)}; remove or rename this class."
        for name in subset.unknown_classes
    ]
    if not len(subset.labels):
        errors.append(f"Folder {subset.name} has no images of the classes in train; add images or remove the folder.")
    return errors


def _suggest_class(name: str, class_by_lower_name: dict[str, str]) -> str:
    return f" (train has the class {class_by_lower_name[name.lower()]})" if name.lower() in class_by_lower_name else ""


def _describe_unreadable_files(files: Sequence[tuple[str, str]]) -> list[str]:
    if not files:
        return []
    named_files = "; ".join(f"{path} ({reason})" for path, reason in files[:MAX_NAMED_FILES])
    if len(files) == 1:
        return [f"Image {files[0][0]} cannot be read ({files[0][1]}); remove or replace it."]
    omitted_count_text = f"; and {len(files) - MAX_NAMED_FILES:,} more" if len(files) > MAX_NAMED_FILES else ""
    return [f"{len(files):,} images cannot be read: {named_files}{omitted_count_text}. Remove or replace them."]


def find_folder_warnings(folder: ImageFolder, inspection: FileInspection, has_user_scale: bool) -> list[str]:
    """Return warnings: sentences on what would make results misleading but does not prevent the use of the folder."""
    return [
        *find_listing_warnings(folder),
        *_describe_duplicates(folder, inspection),
        *find_pixel_warnings(inspection, has_user_scale),
    ]


def find_folder_notices(folder: ImageFolder, inspection: FileInspection) -> list[str]:
    """Return sentences about the folder that are neither errors nor warnings."""
    missing_class_sentences = [_describe_missing_classes(folder, subset) for subset in folder.subsets[1:]]
    return [
        *describe_unread_files(folder),
        *describe_multi_image_files(inspection),
        *describe_imbalance(folder.classes, folder.train.counts(len(folder.classes)).tolist()),
        *(sentence for sentences in missing_class_sentences for sentence in sentences),
    ]


def describe_imbalance(classes: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Return sentences on classes that have far fewer images than the largest class, or too few to be in all splits."""
    classes_by_count = sorted((count, name) for name, count in zip(classes, counts, strict=True) if count)
    if len(classes_by_count) < 2:
        return []
    (smallest_count, _), (largest_count, largest_class) = classes_by_count[0], classes_by_count[-1]
    sentences = []
    if largest_count >= IMBALANCE_RATIO * smallest_count:
        small_classes = ", ".join(
            f"{name} has only {count:,}"
            for count, name in classes_by_count[:MAX_NAMED_CLASSES]
            if largest_count >= IMBALANCE_RATIO * count
        )
        sentences.append(
            f"The classes are imbalanced: {largest_class} has {largest_count:,} images, {small_classes}. The overall "
            "accuracy says little about the small classes: watch them in the confusion matrix, limit their loss of "
            "accuracy in plans, or add images."
        )
    if smallest_count < MIN_IMAGES_PER_CLASS:
        too_small_classes = ", ".join(
            f"{name} {count}" for count, name in classes_by_count[:MAX_NAMED_CLASSES] if count < MIN_IMAGES_PER_CLASS
        )
        sentences.append(
            f"Some classes have too few images to appear in every split ({too_small_classes}); give each class at "
            f"least {MIN_IMAGES_PER_CLASS} images."
        )
    return sentences


def _describe_missing_classes(folder: ImageFolder, subset: FolderSubset) -> list[str]:
    counts = subset.counts(len(folder.classes))
    missing_classes = [name for name, count in zip(folder.classes, counts, strict=True) if not count]
    if not missing_classes or not len(subset.labels):
        return []
    omitted_count_text = (
        f" and {len(missing_classes) - MAX_NAMED_CLASSES} more" if len(missing_classes) > MAX_NAMED_CLASSES else ""
    )
    class_list = ", ".join(missing_classes[:MAX_NAMED_CLASSES]) + omitted_count_text
    noun = "this class" if len(missing_classes) == 1 else "these classes"
    return [
        f"Folder {subset.name} has no images of {class_list}, so the accuracy on {noun} cannot be measured; add "
        "some images."
    ]


def _describe_duplicates(folder: ImageFolder, inspection: FileInspection) -> list[str]:
    subset_sizes = {subset.name: len(subset.labels) for subset in folder.subsets}
    sentences = []
    for duplicates in inspection.duplicates:
        first_subset, second_subset = duplicates.subsets
        examples = "; ".join(" and ".join(pair) for pair in duplicates.examples)
        differ_in_class = duplicates.differ_in_class
        if duplicates.are_in_two_subsets:
            problem = (
                f"Some images in {second_subset} are also in {first_subset}"
                f"{', but in another class' if differ_in_class else ''}"
            )
            count = f"{duplicates.count:,} of {subset_sizes[second_subset]:,}"
            consequence = _explain_overlap(folder, first_subset)
        elif differ_in_class:
            problem, count = "Some images are in more than one class", f"{duplicates.count:,}"
            consequence = "No prediction can be right for all copies; keep each image in one class only."
        else:
            problem, count = "Some images occur more than once in their class", f"{duplicates.count:,}"
            consequence = "Copies may end up in both the train and the selection split; remove the duplicates."
        sentences.append(f"{problem}: {count}, for example {examples}. {consequence}")
    return sentences


def _explain_overlap(folder: ImageFolder, first_subset: str) -> str:
    if first_subset == folder.train.name:
        return (
            "The network may have memorised these images, so the measured accuracy is too high; remove them from one "
            "of the folders."
        )
    return (
        "Selection images influence every decision, so the test is not independent; remove the copies from one of the "
        "folders."
    )


def describe_image_sizes(sizes: Counter[tuple[int, int]]) -> str:
    """Describe the sizes of images in one sentence."""
    if len(sizes) == 1:
        ((width, height),) = sizes
        return f"All images are {width}×{height} pixels."
    shorter_edges = sorted(min(size) for size in sizes.elements())
    return (
        f"The images have {len(sizes):,} different sizes; their shorter edges are {shorter_edges[0]} to "
        f"{shorter_edges[-1]} pixels long (median {median_low(shorter_edges)})."
    )


def describe_colour_modes(count_by_mode: Counter[str]) -> list[str]:
    """Return a sentence if the folder mixes grey and coloured images."""
    grey_images = sum(count for mode, count in count_by_mode.items() if mode in ("L", "1", "LA", "I;16", "I", "F"))
    if not grey_images or grey_images == count_by_mode.total():
        return []
    return [
        f"{grey_images:,} of {count_by_mode.total():,} images are grayscale; they are read as three identical channels."
    ]
