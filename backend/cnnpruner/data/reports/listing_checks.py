"""Sentences on how an image folder is laid out: its splits, its classes, and what is not read."""

from collections.abc import Sequence

from cnnpruner.data.sets.class_folders import ClassLevels, ImageFolder

MAX_LISTED_NAMES = 5


def format_quantity(number: int, noun: str) -> str:
    """Return the number followed by the noun, with an `s` unless the number is 1: `1 image`, `2 images`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def format_name_list(names: Sequence[str]) -> str:
    """Return the first five names, separated by commas, and how many more there are."""
    remainder_text = f" and {len(names) - MAX_LISTED_NAMES:,} more" if len(names) > MAX_LISTED_NAMES else ""
    return ", ".join(names[:MAX_LISTED_NAMES]) + remainder_text


def find_listing_errors(folder: ImageFolder) -> list[str]:
    """Return sentences on what must be fixed in the folder's layout, and on links that the server must not follow."""
    errors = list(folder.layout_errors)
    links = list(folder.file_search.forbidden_links)
    if links:
        errors.append(
            f"Folder {folder.root.name} contains {format_quantity(len(links), 'link')} that would lead out of the data "
            f"folders and cannot be followed: {format_name_list(links)}. Copy the linked files into a data folder, "
            "or add the folder that contains them to the data folders (DATA=folder:folder)."
        )
    return errors


def describe_splits(folder: ImageFolder) -> str:
    """Return a sentence that states the number of classes, and the folder and number of images of each split."""
    subset_descriptions = (
        ("training images", folder.train),
        ("selection images", folder.selection),
        ("test images", folder.test),
        ("images that the weights were not trained on", folder.unseen),
    )
    split_texts = [
        f"{text}: {len(subset.labels):,} in folder {subset.name}"
        for text, subset in subset_descriptions
        if subset is not None
    ]
    return f"{len(folder.classes)} classes; {'; '.join(split_texts)}."


def find_listing_warnings(folder: ImageFolder) -> list[str]:
    """Return sentences on class folders that can be interpreted in two ways, and on images that are not used."""
    return [
        *describe_class_levels(folder),
        *_describe_unused_folders(folder),
        *_describe_images_outside_classes(folder),
    ]


def describe_class_levels(folder: ImageFolder) -> list[str]:
    """Return a sentence on the two ways to interpret nested class folders. Empty if no class folders are nested, or if
    the user has chosen one of the two ways.
    """
    if folder.class_levels is None or folder.rules.class_level is not None:
        return []
    return [
        "The class folders contain folders, so the classes can be read in two ways: "
        f"{_describe_both_class_levels(folder.class_levels)}. The upper level is used; set the class level to “lower” "
        "to use the lower level, or to “upper” to confirm."
    ]


def _describe_both_class_levels(class_levels: ClassLevels) -> str:
    return (
        f"{_format_class_count(class_levels.upper_classes)} at the upper level "
        f"({format_name_list(class_levels.upper_classes)}) or "
        f"{_format_class_count(class_levels.lower_classes)} at the lower level "
        f"({format_name_list(class_levels.lower_classes)})"
    )


def _format_class_count(names: Sequence[str]) -> str:
    return "1 class" if len(names) == 1 else f"{len(names):,} classes"


def _describe_unused_folders(folder: ImageFolder) -> list[str]:
    images = sum(folder.unused_folders.values())
    if not images:
        return []
    folder_list_text = format_name_list([f"{name} ({number:,})" for name, number in folder.unused_folders.items()])
    return [
        f"Folders next to {folder.train.name} contain {format_quantity(images, 'image')} that will not be used: "
        f"{folder_list_text}. Splits are recognised by folder names such as train, val and test, and each must contain "
        "one folder per class."
    ]


def _describe_images_outside_classes(folder: ImageFolder) -> list[str]:
    return [
        f"Only images in class folders are used; folder {subset.name} also contains "
        f"{format_quantity(subset.images_outside_classes, 'image')} outside its class folders."
        for subset in folder.subsets
        if subset.images_outside_classes
    ]


def describe_unread_files(folder: ImageFolder) -> list[str]:
    """Return sentences on files that are not read: other extensions, hidden files, files in linked folders."""
    file_search = folder.file_search
    other_files, hidden_files, links = (
        file_search.non_image_file_counts.total(),
        file_search.hidden_files,
        len(file_search.linked_folders),
    )
    extension_texts = [
        f"{format_quantity(number, 'file')} {f'with the extension {suffix}' if suffix else 'without an extension'}, "
        f"for example {file_search.examples[suffix]}"
        for suffix, number in file_search.non_image_file_counts.most_common()
    ]
    sentences = {
        f"The folder contains {format_quantity(other_files, 'file')} that will not be read as images: "
        f"{format_name_list(extension_texts)}.": other_files,
        f"The folder contains {format_quantity(hidden_files, 'hidden file')} that will not be read.": hidden_files,
        f"The class folders contain {format_quantity(links, 'link')} to other folders, which will not be followed: "
        f"{format_name_list(file_search.linked_folders)}.": links,
    }
    return [sentence for sentence, number in sentences.items() if number]
