"""Which folders are the classes, which files are read, and which links are followed."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnpruner.data.data_folders import list_data
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import ClassLevel
from cnnpruner.errors import UnusableData
from tests.data.image_folders.written_folders import noise, put, report, save


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    """Two upper classes with two lower ones each."""
    put(tmp_path / "taxonomy/train/animals", 3, ("ant", "bee"))
    put(tmp_path / "taxonomy/train/plants", 4, ("fir", "oak"))
    return tmp_path / "taxonomy"


def load(folder: Path, class_level: ClassLevel | None = None, data_folders: tuple[Path, ...] = ()) -> LoadedData:
    source = DataSource(kind="folder", path="x", class_level=class_level)
    return load_data(source, folder, ImageOptions(data_folders=data_folders))


def test_two_levels_of_classes_are_reported_with_both_readings_and_the_choice(taxonomy: Path) -> None:
    result = report(taxonomy)  # 0.1.0: two classes, animals and plants, without a word
    (warning,) = result.warnings
    assert "2 classes at the upper level (animals, plants)" in warning
    assert "4 classes at the lower level (animals/ant, animals/bee, plants/fir, plants/oak)" in warning
    assert "set the class level to “lower”" in warning
    levels = result.class_levels
    assert levels is not None
    assert (len(levels.upper), len(levels.lower), levels.used, levels.chosen) == (2, 4, "upper", False)


def test_a_chosen_level_decides_the_classes_and_ends_the_warning(taxonomy: Path) -> None:
    upper, lower = (report(taxonomy, class_level=level) for level in ("upper", "lower"))
    assert [(entry.name, entry.train) for entry in upper.classes] == [("animals", 6), ("plants", 8)]
    assert [(entry.name, entry.train) for entry in lower.classes] == [
        ("animals/ant", 3),
        ("animals/bee", 3),
        ("plants/fir", 4),
        ("plants/oak", 4),
    ]
    assert not [warning for warning in (*upper.warnings, *lower.warnings) if "two ways" in warning]
    assert load(taxonomy, "lower").train_pool.labels.tolist() == [0] * 3 + [1] * 3 + [2] * 4 + [3] * 4


def test_at_the_lower_level_images_beside_the_inner_folders_stay_a_class(taxonomy: Path) -> None:
    save(taxonomy / "train/plants/moss.png", 5)
    assert report(taxonomy, class_level="lower").classes[-1].name == "plants/oak"
    assert [entry.name for entry in report(taxonomy, class_level="lower").classes][2] == "plants"
    put(taxonomy / "val/plants", 1, ("fir", "elm"))  # 0.1.0: elm was counted as plants
    (error,) = report(taxonomy, class_level="lower").errors
    assert "val has the class plants/elm, which train does not have" in error


def test_one_inner_folder_per_class_is_no_second_level(tmp_path: Path) -> None:
    for name in ("ant", "bee"):  # as in Tiny ImageNet
        put(tmp_path / "train" / name, 5, ("images",))
    assert (report(tmp_path).class_levels, report(tmp_path).warnings) == (None, [])


def test_a_taxonomy_is_listed_as_one_data_set(taxonomy: Path) -> None:
    entries = [(entry.path, entry.classes) for entry in list_data([taxonomy.parent]) if entry.kind == "folder"]
    assert entries == [("taxonomy", 2)]  # 0.1.0: taxonomy/train/animals and taxonomy/train/plants


def test_folders_with_other_split_names_are_listed_as_one_data_set(tmp_path: Path) -> None:
    put(tmp_path / "mri/Training", 1)
    put(tmp_path / "mri/Testing", 1)
    entries = [(entry.path, entry.classes) for entry in list_data([tmp_path]) if entry.kind == "folder"]
    assert entries == [("mri", 3)]  # 0.1.0: mri/Testing and mri/Training


ENDINGS = {
    "jfif": "JPEG",
    "jpe": "JPEG",
    "JPEG": "JPEG",
    "jp2": "JPEG2000",
    "j2k": "JPEG2000",
    "webp": "WEBP",
    "bmp": "BMP",
    "dib": "DIB",
    "gif": "GIF",
    "tif": "TIFF",
    "ppm": "PPM",
    "pnm": "PPM",
    "avif": "AVIF",
    "tga": "TGA",
}


def test_images_of_all_usual_endings_are_read(tmp_path: Path) -> None:
    for label, name in enumerate(("ant", "bee")):
        for number, (ending, kind) in enumerate(ENDINGS.items()):
            save(tmp_path / "train" / name / f"x.{ending}", 100 * label + number, format=kind)
    result = report(tmp_path)
    assert (result.images, result.not_read, result.errors) == (2 * len(ENDINGS), [], [])
    # 0.1.0 read 12 of 28: not jfif, jpe, jp2, j2k, dib, pnm, avif and tga


def test_files_that_are_not_read_are_counted_and_named(tmp_path: Path) -> None:
    put(tmp_path / "train", 3)
    for name in ("scan1.dcm", "scan2.DCM", "notes.txt", "Thumbs.db", "README", ".DS_Store", "._0.png"):
        (tmp_path / "train/ant" / name).write_bytes(b"x")
    result = report(tmp_path)  # 0.1.0: not mentioned
    assert next((entry.ending, entry.files) for entry in result.not_read) == (".dcm", 2)
    assert {entry.ending: entry.files for entry in result.not_read} == {".dcm": 2, ".txt": 1, ".db": 1, "": 1}
    assert (result.hidden_files, result.images) == (2, 9)
    text = " ".join(result.warnings)
    assert (
        "The folder contains 5 files that will not be read as images: 2 files with the extension .dcm, for example "
        "train/ant/scan" in text
    )
    assert (
        "1 file without an extension, for example train/ant/README" in text
        and "2 hidden files that will not be read" in text
    )
    assert text in " ".join(load(tmp_path).notices)


def test_a_class_whose_files_cannot_be_read_is_an_error_beside_their_number(tmp_path: Path) -> None:
    put(tmp_path / "train", 3)
    (tmp_path / "train/dog").mkdir()
    (tmp_path / "train/dog/1.nii").write_bytes(b"x")
    result = report(tmp_path)
    assert any(error.startswith("Class dog in train has no images") for error in result.errors)
    assert [(entry.ending, entry.example) for entry in result.not_read] == [(".nii", "train/dog/1.nii")]


def test_files_with_several_images_are_counted(tmp_path: Path) -> None:
    put(tmp_path / "train", 3)
    frames = [Image.fromarray(noise(seed).astype(np.uint8)) for seed in (1, 2, 3)]
    frames[0].save(tmp_path / "train/ant/stack.tif", save_all=True, append_images=frames[1:])
    assert "1 file contains several images; only the first image of each file is read." in report(tmp_path).warnings


def link_outside(folder: Path, kind: str) -> str:
    """Make a link in the data folder that leads out of it; return its name in the report."""
    put(folder / "pets/train", 3)
    put(folder.parent / "elsewhere/train", 3)
    name = {"split": "test", "class": "train/dog", "file": "train/ant/link.png"}[kind]
    target = {"split": "train", "class": "train/ant", "file": "train/ant/0.png"}[kind]
    (folder / "pets" / name).symlink_to(folder.parent / "elsewhere" / target)
    return name


@pytest.mark.parametrize("kind", ["split", "class", "file"])
def test_a_link_out_of_the_data_folders_is_refused(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "data"
    name = link_outside(folder, kind)
    (error,) = report(folder / "pets", data_folders=(folder,)).errors  # 0.1.0: the server read what the link leads to
    assert error.startswith(
        f"Folder pets contains 1 link that would lead out of the data folders and cannot be followed: {name}."
    )
    with pytest.raises(UnusableData, match="lead out of the data folders"):
        load(folder / "pets", data_folders=(folder,))
    data_folders = (folder, tmp_path / "elsewhere")
    assert report(folder / "pets", data_folders=data_folders).errors == []


def test_a_linked_training_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere/train", 3)
    (tmp_path / "data/linked").mkdir(parents=True)
    (tmp_path / "data/linked/train").symlink_to(tmp_path / "elsewhere/train")
    (error,) = report(tmp_path / "data/linked", data_folders=(tmp_path / "data",)).errors
    assert (
        "Folder linked contains 1 link that would lead out of the data folders and cannot be followed: train." in error
    )


def test_links_inside_the_data_folders_are_followed(tmp_path: Path) -> None:
    put(tmp_path / "raw", 3)
    (tmp_path / "pets").mkdir()
    (tmp_path / "pets/train").symlink_to(tmp_path / "raw")
    result = report(tmp_path / "pets", data_folders=(tmp_path,))
    assert (result.errors, result.images) == ([], 9)


def test_links_to_folders_inside_classes_are_counted_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "train", 3)
    (tmp_path / "train/ant/circle").symlink_to(tmp_path / "train")
    result = report(tmp_path)
    assert result.images == 9 and any("train/ant/circle" in warning for warning in result.warnings)


def test_equal_pictures_in_two_splits_are_counted_and_named_even_in_another_format(tmp_path: Path) -> None:
    for name, count in {"train": 6, "val": 4, "test": 4}.items():
        put(tmp_path / name, count)
    shutil.copy(tmp_path / "train/ant/0.png", tmp_path / "val/ant/0.png")
    Image.open(tmp_path / "train/bee/1.png").save(tmp_path / "val/bee/1.bmp")  # 0.1.0: not found, other bytes
    shutil.copy(tmp_path / "val/cat/2.png", tmp_path / "test/cat/2.png")  # 0.1.0: test not read
    result = report(tmp_path)
    assert [(entry.folders, entry.images, entry.differ_in_class) for entry in result.repeated] == [
        (("train", "val"), 2, False),
        (("val", "test"), 1, False),
    ]
    text = " ".join(result.warnings)
    assert "Some images in val are also in train: 2 of 13, for example train/ant/0.png and val/ant/0.png" in text
    assert "train/bee/1.png and val/bee/1.bmp" in text and "val/cat/2.png and test/cat/2.png" in text
    assert any("Some images in val are also in train: 2 of 13" in warning for warning in load(tmp_path).warnings)
