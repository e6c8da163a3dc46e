"""Folders named like splits are the splits, in every usual spelling; what is not used is counted and named."""

from pathlib import Path

import pytest
import torch

from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.split_names import parse_split_name
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData
from tests.data.image_folders.written_folders import put, report, save, splits

FOLDERS: list[tuple[dict[str, int], dict[str, tuple[str, int]], str]] = [
    # images per class by folder, splits now, and what version 0.1.0 did
    (
        {"Training": 12, "Testing": 6},  # kaggle_mri
        {"train": ("Training", 36), "test": ("Testing", 18)},
        "two classes, Testing and Training",
    ),
    (
        {"train": 12, "validation": 6},  # keras_dogs
        {"train": ("train", 36), "selection": ("validation", 18)},
        "validation ignored",
    ),
    (
        {"train": 12, "val": 6, "test": 7},  # three
        {"train": ("train", 36), "selection": ("val", 18), "test": ("test", 21)},
        "test ignored, val the locked test split",
    ),
    (
        {"train": 12, "valid": 6, "test": 7},  # roboflow
        {"train": ("train", 36), "selection": ("valid", 18), "test": ("test", 21)},
        "test ignored, valid the locked test split",
    ),
    (
        {"training_set": 5, "Dev-Set": 2, "TEST_IMAGES": 3},
        {"train": ("training_set", 15), "selection": ("Dev-Set", 6), "test": ("TEST_IMAGES", 9)},
        "three classes, Dev-Set, TEST_IMAGES and training_set",
    ),
    (
        {"seg_train/seg_train": 5, "seg_test/seg_test": 3},  # as in an archive that repeats its folders
        {"train": ("seg_train", 15), "test": ("seg_test", 9)},
        "two classes, seg_test and seg_train",
    ),
    (
        {"train2017": 5, "val2017": 3},
        {"train": ("train2017", 15), "selection": ("val2017", 9)},
        "two classes, train2017 and val2017",
    ),
]


@pytest.mark.parametrize(("folders", "expected", "before"), FOLDERS)
def test_splits_are_recognised_by_their_names(
    tmp_path: Path, folders: dict[str, int], expected: dict[str, tuple[str, int]], before: str
) -> None:
    for name, count in folders.items():
        put(tmp_path / name, count)
    result = report(tmp_path)
    assert (splits(result), result.errors, result.unused) == (expected, [], []), f"0.1.0: {before}"
    assert [entry.name for entry in result.classes] == ["ant", "bee", "cat"]
    test = expected.get("test", ("", 0))[1]
    assert (result.test_images, sum(entry.test for entry in result.classes)) == (test, test)
    assert result.held_out_images == test + expected.get("selection", ("", 0))[1]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        *((name, "train") for name in ("train", "Train", "TRAINING", "trainset", "Training_Set", "train-2017", "trn")),
        *((name, "selection") for name in ("val", "Valid", "VALIDATION", "dev", "val_images", "ValidationSet")),
        *((name, "test") for name in ("test", "Test", "testing", "TestSet", "test.data", "seg_test")),
        *(
            (name, None)
            for name in ("trains", "bullet_train", "contest", "valley", "devil", "images", "train_test", "1")
        ),
    ],
)
def test_a_name_stands_for_a_split_only_as_a_whole(name: str, split: str | None) -> None:
    assert parse_split_name(name) == split


def load(folder: Path) -> LoadedData:
    return load_data(DataSource(kind="folder", path="x"), folder, ImageOptions())


def test_with_val_and_test_all_training_images_train_val_selects_and_test_is_locked(tmp_path: Path) -> None:
    for name, count in {"train": 12, "val": 6, "test": 7}.items():
        put(tmp_path / name, count)
    for is_imported in (False, True):
        result = load(tmp_path).split(is_imported, seed=0)
        sizes = [(pool, len(indices)) for pool, indices in result.indices]
        assert sizes == [("train", 36), ("held_out", 18), ("test", 21)]
    # 0.1.0, trained root: ("train", 18), ("train", 18), ("test", 18): val was the test split, test was not read


def test_with_val_alone_the_test_split_is_cut_from_training_images_that_the_weights_have_not_seen(
    tmp_path: Path,
) -> None:
    put(tmp_path / "train", 300)
    put(tmp_path / "val", 6)
    data = load(tmp_path)
    result = data.split(is_root_imported=False, seed=0)
    assert [(pool, len(indices)) for pool, indices in result.indices] == [
        ("train", 540),
        ("held_out", 18),
        ("train", 360),
    ]
    assert not set(result.train.tolist()) & set(result.test.tolist())
    labels = data.train_pool.labels.numpy()
    assert [int((labels[result.test] == label).sum()) for label in range(3)] == [120, 120, 120]
    assert "its test split is 360 of the 900 training images" in result.rule and "in the folder val" in result.rule
    imported = data.split(is_root_imported=True, seed=0)
    assert [(pool, len(indices)) for pool, indices in imported.indices] == [
        ("train", 900),
        ("held_out", 9),
        ("held_out", 9),
    ]


def test_with_test_alone_the_selection_split_is_cut_from_training_images(tmp_path: Path) -> None:
    put(tmp_path / "train", 20)
    put(tmp_path / "test", 5)
    result = load(tmp_path).split(is_root_imported=False, seed=0)
    assert [(pool, len(indices)) for pool, indices in result.indices] == [("train", 30), ("train", 30), ("test", 15)]


def test_mean_and_std_leave_out_the_test_images_cut_from_the_training_images(tmp_path: Path) -> None:
    put(tmp_path / "train", 6)
    put(tmp_path / "val", 2)
    data = load(tmp_path)
    train = data.split(is_root_imported=False, seed=0).train
    pixels = data.train_pool.batch(torch.from_numpy(train), torch.device("cpu"))
    expected = (pixels.double() / 255).mean((0, 2, 3)).tolist()
    assert data.mean == pytest.approx(expected, abs=1e-6)


def test_test_images_without_class_folders_are_counted_and_no_split(tmp_path: Path) -> None:
    put(tmp_path / "train", 4)
    for number in range(5):
        save(tmp_path / "test" / f"{number}.png", number)
    result = report(tmp_path)
    assert splits(result) == {"train": ("train", 12)}  # 0.1.0: "Folder test has no images of the classes in train"
    assert [(entry.folder, entry.images) for entry in result.unused] == [("test", 5)]
    assert any(
        warning.startswith("Folders next to train contain 5 images that will not be used: test (5).")
        for warning in result.warnings
    )


def test_images_outside_class_folders_and_folders_beside_the_splits_are_counted(tmp_path: Path) -> None:
    put(tmp_path / "train", 4)
    put(tmp_path / "extra", 2)
    save(tmp_path / "train" / "cover.png", 1)
    result = report(tmp_path)  # 0.1.0: not mentioned
    assert {entry.folder: entry.images for entry in result.unused} == {"extra": 6, "train": 1}
    assert result.images == 12


def test_classes_may_be_named_like_splits_if_they_contain_images(tmp_path: Path) -> None:
    put(tmp_path, 4, ("bus", "car", "train"))
    result = report(tmp_path)  # 0.1.0: "Folder train contains no class folders"
    assert [entry.name for entry in result.classes] == ["bus", "car", "train"]
    assert result.errors == []


@pytest.mark.parametrize(
    ("folders", "error"),
    [
        (("train", "val", "validation"), "recognised as folders of selection images: val and validation"),
        (("train", "Training"), "recognised as folders of training images: Training and train"),
        (("val", "test"), "contains val and test, but no folder `train`; put the training images there"),
    ],
)
def test_ambiguous_splits_are_errors_with_a_cure(tmp_path: Path, folders: tuple[str, ...], error: str) -> None:
    for name in folders:
        put(tmp_path / name, 3)
    assert error in " ".join(report(tmp_path).errors)  # 0.1.0: one was ignored, or the splits became the classes
    with pytest.raises(UnusableData, match=error):
        load(tmp_path)


def test_splits_inside_class_folders_are_refused_because_they_would_be_mixed(tmp_path: Path) -> None:
    for name in ("ant", "bee"):
        put(tmp_path / name, 3, ("train", "test"))
    (error,) = report(tmp_path).errors  # 0.1.0: test images were trained on
    assert "contain test and train, so the splits would be mixed" in error and "train/<class>" in error


def test_a_class_that_differs_only_in_case_is_suggested(tmp_path: Path) -> None:
    put(tmp_path / "train", 3)
    put(tmp_path / "val", 2, ("Ant", "bee", "cat"))
    (error,) = report(tmp_path).errors
    assert (
        error
        == "Folder val has the class Ant, which train does not have (train has the class ant); remove or rename this "
        "class."
    )


def test_an_unseen_folder_replaces_both_own_splits(tmp_path: Path) -> None:
    for name, count in {"pets/train": 5, "pets/val": 2, "pets/test": 3, "fresh": 4}.items():
        put(tmp_path / name, count)
    source = DataSource(kind="folder", path="pets", unseen="fresh")
    data = load_data(source, tmp_path / "pets", ImageOptions(), unseen=tmp_path / "fresh")
    result = data.split(is_root_imported=True, seed=0)
    assert [(pool, len(indices)) for pool, indices in result.indices] == [
        ("train", 15),
        ("held_out", 6),
        ("held_out", 6),
    ]
    assert "The data set's own selection and test images are not used." in data.notices
