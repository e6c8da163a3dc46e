"""All problems of an image folder are reported at once, with their cures, and the folder is not used until then."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports import files
from cnnpruner.data.reports.report import DataPaths, report_data
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

LARGE_MEMORY = 2**30


def save(path: Path, seed: int, size: tuple[int, int] = (20, 16)) -> None:
    """Save noise that is different for every seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes with ten train and four val images each."""
    for subset, count in (("train", 10), ("val", 4)):
        for number in range(count):
            for label, name in enumerate(("cat", "dog")):
                save(tmp_path / "pets" / subset / name / f"{number}.jpg", len(subset) * 1000 + 2 * number + label)
    return tmp_path / "pets"


def make_report(folder: Path, max_bytes_in_memory: int = LARGE_MEMORY, **fields: object) -> DataReport:
    request = NewDataReport.model_validate({"data": {"kind": "folder", "path": folder.name}} | fields)
    return report_data(request, DataPaths(folder, None), max_bytes_in_memory, None)


def load_error(folder: Path) -> UnusableData:
    with pytest.raises(UnusableData) as caught:
        load_data(DataSource(kind="folder", path="pets"), folder, ImageOptions(image_size=16, must_inspect_files=True))
    return caught.value


def test_a_valid_folder_is_reported_in_numbers(folder: Path) -> None:
    report = make_report(folder)
    assert (report.errors, report.warnings, report.images, report.held_out_images) == ([], [], 20, 8)
    assert [(count.name, count.train, count.held_out) for count in report.classes] == [("cat", 10, 4), ("dog", 10, 4)]
    assert [(size.width, size.height, size.images) for size in report.sizes] == [(20, 16, 28)]
    assert [(mode.mode, mode.images) for mode in report.modes] == [("RGB", 28)]
    assert (report.image_size, report.channels, report.normalization, report.streamed) == (16, 3, "measured", False)
    assert report.mean is not None and all(0.4 < value < 0.6 for value in report.mean)
    assert make_report(folder, max_bytes_in_memory=1000).streamed is True


def test_mean_and_std_are_those_of_the_experiment_or_as_specified(folder: Path) -> None:
    loaded = load_data(DataSource(kind="folder", path="pets"), folder, ImageOptions(seed=3))
    measured_report = make_report(folder, seed=3)
    assert (measured_report.mean, measured_report.std) == (list(loaded.mean), list(loaded.std))
    specified = make_report(folder, mean=[0.1, 0.2, 0.3], std=[0.5, 0.5, 0.5])
    assert (specified.mean, specified.normalization) == ([0.1, 0.2, 0.3], "given")


def test_all_errors_are_reported_together_and_an_experiment_is_refused_in_the_same_words(folder: Path) -> None:
    content = (folder / "train/cat/0.jpg").read_bytes()
    (folder / "train/cat/0.jpg").write_bytes(content[: len(content) // 2])
    (folder / "train/dog/1.jpg").write_bytes(b"not an image")
    (folder / "train/bird").mkdir()
    save(folder / "val/fish/1.jpg", 9)
    report = make_report(folder)
    assert [file.place for file in report.unreadable] == ["train/cat/0.jpg", "train/dog/1.jpg"]
    errors = " ".join(report.errors)
    assert "Class bird in train has no images" in errors
    assert "val has the class fish, which train does not have; remove or rename this class" in errors
    assert "2 images cannot be read: train/cat/0.jpg (" in errors and "Remove or replace them." in errors
    assert report.image_size is None and str(folder) not in report.model_dump_json()
    assert all(error in report.sentences for error in report.errors)
    (folder / "train/bird").rmdir()
    shutil.rmtree(folder / "val/fish")
    assert load_error(folder).message == " ".join(make_report(folder).errors)


def test_the_first_twenty_of_many_broken_files_are_named(folder: Path) -> None:
    for number in range(25):
        (folder / f"train/cat/broken{number:02}.png").write_bytes(b"")
    report = make_report(folder)
    assert (len(report.unreadable), report.unreadable_images) == (20, 25)
    assert "and 5 more" in report.errors[0]


def test_a_truncated_file_is_found_in_a_folder_too_large_to_decode(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_DECODED_BYTES", 10)
    save(folder / "train/cat/0.jpg", 7, (200, 160))
    assert make_report(folder).errors == []
    content = (folder / "train/cat/0.jpg").read_bytes()
    (folder / "train/cat/0.jpg").write_bytes(content[: len(content) // 2])
    assert [file.place for file in make_report(folder).unreadable] == ["train/cat/0.jpg"]


def test_a_single_class_is_an_error(tmp_path: Path) -> None:
    save(tmp_path / "train/cat/1.jpg", 1)
    sentence = "Folder train contains only one class, cat; create a folder for each of at least two classes."
    assert make_report(tmp_path).errors == [sentence]


def test_imbalance_and_classes_missing_in_val_are_warnings(folder: Path) -> None:
    for number in range(10, 35):
        save(folder / f"train/cat/{number}.jpg", number)
    shutil.rmtree(folder / "val/dog")
    warnings = make_report(folder).warnings
    assert warnings[0].startswith("The classes are imbalanced: cat has 35 images, dog has only 10.")
    assert (
        warnings[1]
        == "Folder val has no images of dog, so the accuracy on this class cannot be measured; add some images."
    )


def test_identical_files_are_reported_by_where_they_are(folder: Path) -> None:
    shutil.copy(folder / "train/cat/0.jpg", folder / "val/cat/again.jpg")
    shutil.copy(folder / "train/cat/1.jpg", folder / "train/dog/same.jpg")
    shutil.copy(folder / "train/cat/2.jpg", folder / "train/cat/copy.jpg")
    report = make_report(folder)
    assert report.duplicates == 3
    assert sorted(warning.split(":")[0] for warning in report.warnings) == [
        "Some images are in more than one class",
        "Some images in val are also in train",
        "Some images occur more than once in their class",
    ]
    assert "train/cat/0.jpg and val/cat/again.jpg" in " ".join(report.warnings)
    for copy in ("val/cat/again.jpg", "train/dog/same.jpg", "train/cat/copy.jpg"):
        (folder / copy).unlink()
    assert make_report(folder).duplicates == 0


def test_data_sets_other_than_folders_are_reported_too() -> None:
    request = NewDataReport(data=DataSource(kind="digits"))
    report = report_data(request, DataPaths(None, None), LARGE_MEMORY, None)
    assert (report.images, len(report.classes), report.image_size, report.channels) == (1797, 10, 8, 1)
