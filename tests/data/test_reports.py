"""What is wrong with an image folder is said at once, with the cure, and nothing is made of it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports import files as examining
from cnnpruner.data.reports.report import Places, report_data
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

MUCH = 2**30


def save(path: Path, seed: int, size: tuple[int, int] = (20, 16)) -> None:
    """Noise that no other seed gives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of ten train and four val pictures."""
    for part, count in (("train", 10), ("val", 4)):
        for number in range(count):
            for label, name in enumerate(("cat", "dog")):
                save(tmp_path / "pets" / part / name / f"{number}.jpg", len(part) * 1000 + 2 * number + label)
    return tmp_path / "pets"


def report(folder: Path, max_bytes_in_memory: int = MUCH, **asked: object) -> DataReport:
    asked_for = NewDataReport.model_validate({"data": {"kind": "folder", "path": folder.name}} | asked)
    return report_data(asked_for, Places(folder, None), max_bytes_in_memory, None)


def refused(folder: Path) -> UnusableData:
    with pytest.raises(UnusableData) as caught:
        load_data(DataSource(kind="folder", path="pets"), folder, ImageOptions(image_size=16, examine=True))
    return caught.value


def test_a_sound_folder_is_told_in_numbers(folder: Path) -> None:
    found = report(folder)
    assert (found.errors, found.warnings, found.images, found.held_out_images) == ([], [], 20, 8)
    assert [(one.name, one.train, one.held_out) for one in found.classes] == [("cat", 10, 4), ("dog", 10, 4)]
    assert [(one.width, one.height, one.images) for one in found.sizes] == [(20, 16, 28)]
    assert [(one.mode, one.images) for one in found.modes] == [("RGB", 28)]
    assert (found.image_size, found.channels, found.normalization, found.streamed) == (16, 3, "measured", False)
    assert found.mean is not None and all(0.4 < value < 0.6 for value in found.mean)
    assert report(folder, max_bytes_in_memory=1000).streamed is True


def test_mean_and_std_are_those_of_the_experiment_or_as_given(folder: Path) -> None:
    loaded = load_data(DataSource(kind="folder", path="pets"), folder, ImageOptions(seed=3))
    found = report(folder, seed=3)
    assert (found.mean, found.std) == (list(loaded.mean), list(loaded.std))
    given = report(folder, mean=[0.1, 0.2, 0.3], std=[0.5, 0.5, 0.5])
    assert (given.mean, given.normalization) == ([0.1, 0.2, 0.3], "given")


def test_all_faults_are_told_together_and_refuse_an_experiment_in_the_same_words(folder: Path) -> None:
    whole = (folder / "train/cat/0.jpg").read_bytes()
    (folder / "train/cat/0.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "train/dog/1.jpg").write_bytes(b"no picture")
    (folder / "train/bird").mkdir()
    save(folder / "val/fish/1.jpg", 9)
    found = report(folder)
    assert [one.place for one in found.unreadable] == ["train/cat/0.jpg", "train/dog/1.jpg"]
    said = " ".join(found.errors)
    assert "Class bird in train holds no pictures" in said
    assert "val has a class fish that train has not; remove or rename it" in said
    assert "2 pictures cannot be read: train/cat/0.jpg (" in said and "Remove or replace them." in said
    assert found.image_size is None and str(folder) not in found.model_dump_json()
    assert all(fault in found.sentences for fault in found.errors)
    (folder / "train/bird").rmdir()
    shutil.rmtree(folder / "val/fish")
    assert refused(folder).message == " ".join(report(folder).errors)


def test_the_first_twenty_of_many_broken_files_are_named(folder: Path) -> None:
    for number in range(25):
        (folder / f"train/cat/broken{number:02}.png").write_bytes(b"")
    found = report(folder)
    assert (len(found.unreadable), found.unreadable_images) == (20, 25)
    assert "and 5 more" in found.errors[0]


def test_a_file_cut_short_is_found_in_a_folder_too_large_to_be_decoded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "DECODED_BYTES", 10)
    save(folder / "train/cat/0.jpg", 7, (200, 160))
    assert report(folder).errors == []
    whole = (folder / "train/cat/0.jpg").read_bytes()
    (folder / "train/cat/0.jpg").write_bytes(whole[: len(whole) // 2])
    assert [one.place for one in report(folder).unreadable] == ["train/cat/0.jpg"]


def test_one_class_alone_is_a_fault(tmp_path: Path) -> None:
    save(tmp_path / "train/cat/1.jpg", 1)
    assert report(tmp_path).errors == ["Folder train holds only one class, cat; make a folder per class, at least two."]


def test_imbalance_and_classes_that_val_lacks_are_warned_of(folder: Path) -> None:
    for number in range(10, 35):
        save(folder / f"train/cat/{number}.jpg", number)
    shutil.rmtree(folder / "val/dog")
    said = report(folder).warnings
    assert said[0].startswith("The classes are imbalanced: cat has 35 images, dog 10.")
    assert said[1] == "Folder val has no pictures of dog: nothing can be measured of them there; add some."


def test_equal_files_are_told_apart_by_where_they_lie(folder: Path) -> None:
    shutil.copy(folder / "train/cat/0.jpg", folder / "val/cat/again.jpg")
    shutil.copy(folder / "train/cat/1.jpg", folder / "train/dog/same.jpg")
    shutil.copy(folder / "train/cat/2.jpg", folder / "train/cat/copy.jpg")
    found = report(folder)
    assert found.duplicates == 3
    assert sorted(warning.split(":")[0] for warning in found.warnings) == [
        "Pictures of val that are also in train",
        "Pictures that are in their class more than once",
        "Pictures that lie in more than one class",
    ]
    assert "train/cat/0.jpg and val/cat/again.jpg" in " ".join(found.warnings)
    for kept in ("val/cat/again.jpg", "train/dog/same.jpg", "train/cat/copy.jpg"):
        (folder / kept).unlink()
    assert report(folder).duplicates == 0


def test_sets_of_one_form_are_reported_too() -> None:
    asked = NewDataReport(data=DataSource(kind="digits"))
    found = report_data(asked, Places(None, None), MUCH, None)
    assert (found.images, len(found.classes), found.image_size, found.channels) == (1797, 10, 8, 1)
