"""Data from a Python factory: accepted forms, splits, and errors that name the failing line."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from cnnpruner.data.factories import register_datasets
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.sets.factory_sets import DatasetImages
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import InvalidInput, UnusableData

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    names = ("three", "two", "jittered", "broken", "tensors", "nothing")
    normalised = "normalised=tests.data.user_datasets:tensors(scale=3.0)"
    register_datasets([*(f"{name}=tests.data.user_datasets:{name}" for name in names), normalised])
    yield
    register_datasets([])


def load(name: str, options: ImageOptions | None = None) -> LoadedData:
    return load_data(DataSource(kind="factory", name=name), None, options or ImageOptions(image_size=8))


def test_three_sets_are_the_three_splits() -> None:
    loaded = load("three")
    assert (loaded.classes, loaded.channels, loaded.image_size) == (("dark", "light"), 3, 8)
    splits = loaded.split(is_root_imported=True, seed=0)
    assert [(pool, len(indices)) for pool, indices in splits.indices] == [("train", 20), ("held_out", 8), ("test", 6)]
    assert any("their shorter edge has 8 pixels" in notice for notice in loaded.notices)


def test_the_second_of_two_sets_is_halved() -> None:
    splits = load("two").split(is_root_imported=False, seed=0)
    assert {splits.selection_pool, splits.test_pool} == {"held_out"}
    assert sorted([*splits.selection, *splits.test]) == list(range(9))
    assert "9 images that the factory returns for the selection split are divided equally" in splits.rule


def test_a_large_set_is_read_item_by_item_with_the_same_pixels() -> None:
    in_memory, streamed = load("three"), load("three", ImageOptions(8, None, 0, max_bytes_in_memory=100))
    assert isinstance(streamed.train_pool, DatasetImages)
    indices = torch.tensor([3, 0, 19])
    assert torch.equal(streamed.train_pool.batch(indices, CPU), in_memory.train_pool.batch(indices, CPU))


def test_float_tensors_from_0_to_1_become_bytes_and_classes_are_numbered() -> None:
    loaded = load("tensors")
    pixels = loaded.train_pool.batch(torch.arange(12), CPU)
    assert (int(pixels.min()), int(pixels.max()), loaded.classes) == (0, 255, ("0", "1", "2"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("jittered", "returns different pixels when .* Remove the random transforms"),
        ("broken", r"returns a train set that fails at image 19 \(KeyError, user_datasets\.py:\d+\): 'lost'"),
        ("normalised", "floats from 0 to 1 that are not normalised"),
        ("nothing", r"must return \(train, selection\)"),
        ("tow", r"No data factory is registered as 'tow'. Did you mean two\?"),
    ],
)
def test_errors_name_the_failing_line_and_the_cure(name: str, words: str) -> None:
    with pytest.raises(UnusableData, match=words):
        load(name)


def test_an_item_that_fails_later_is_named() -> None:
    pool = load("three", ImageOptions(8, None, 0, max_bytes_in_memory=100)).train_pool
    assert isinstance(pool, DatasetImages)
    broken = replace(pool, source=replace(pool.source, dataset=[None] * 20))
    with pytest.raises(UnusableData, match="fails at image 2 of its train set"):
        broken.batch(torch.tensor([2]), CPU)


def test_names_of_built_in_kinds_are_refused() -> None:
    with pytest.raises(InvalidInput, match="cifar10 is a built-in data set"):
        register_datasets(["cifar10=tests.data.user_datasets:two"])
