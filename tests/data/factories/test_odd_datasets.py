"""Data from factories is what its items say; what would mislead is refused or told before anything is made.

What 0.1.0 did: it read `targets` or `labels` without looking at the items, compared two reads of the first train image
alone, and looked neither for shared images nor for classes without any. Its answers are named with the cases.
"""

from collections.abc import Iterator

import pytest

from cnnpruner.data.factories import register_datasets
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.report import DataPaths, report_data
from cnnpruner.data.sets.factory_sets import LabelMismatch
from cnnpruner.domain.sources.data_reports import NewDataReport
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

STREAMED = ImageOptions(8, None, 0, max_bytes_in_memory=100)
SOURCE = DataSource(kind="factory", name="own")


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    yield
    register_datasets([])


def load(factory: str, options: ImageOptions | None = None) -> LoadedData:
    register_datasets([f"own=tests.data.factories.odd_datasets:{factory}"])
    return load_data(SOURCE, None, options or ImageOptions())


def test_labels_are_those_of_the_items() -> None:
    """0.1.0: four classes, 90 of 120 labels wrong."""
    loaded = load("coarse_labels")
    assert loaded.classes == ("0", "1")
    assert loaded.train_pool.labels.tolist() == [index % 4 // 2 for index in range(120)]
    assert loaded.notices == (
        "In 90 of 120 items of the train set, the class differs from the one in the data set's `targets` or `labels`; "
        "the class in the item is used.",
        "In 30 of 40 items of the selection set, the class differs from the one in the data set's `targets` or "
        "`labels`; the class in the item is used.",
    )


def test_labels_that_differ_outside_of_the_sample_are_found_when_images_are_read() -> None:
    """0.1.0: the labels of `targets`."""
    loaded = load("relabelled")
    assert loaded.train_pool.labels[:4].tolist() == [0, 3, 3, 3]
    assert loaded.notices[0].startswith("In 2 of 1,000 items of the train set, the class differs")


def test_a_streamed_set_whose_labels_differ_outside_of_the_sample_is_refused_with_the_image() -> None:
    with pytest.raises(
        LabelMismatch,
        match=r"Image 1 of the train set .* has class 3, but class 1 in `targets` or when it was read before",
    ):
        load("relabelled", STREAMED)


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        # 0.1.0 accepted the first 9 times of 10: its first image rarely differed
        (
            "sometimes_erased",
            r"for \d+ of 120 train images that were read twice, first for image \d+\. Remove the random",
        ),
        ("sometimes_erased(share=0.02, count=2000)", r"for \d+ of 1,\d+ train images that were read twice"),
        # accepted by 0.1.0
        ("erased_selection", r"for \d+ of 200 selection images that were read twice"),
        ("noisy_labels", r"returns different classes when .* for \d+ of 120 train images"),
    ],
)
def test_items_that_differ_from_call_to_call_are_counted(factory: str, words: str) -> None:
    with pytest.raises(UnusableData, match=words):
        load(factory)


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        # 0.1.0: "(KeyError, foreign.py:132): 0. Mend it there."
        (
            "dictionaries",
            r"a train set whose items are dictionaries with the keys 'image', 'label' \(Dictionaries\.__getitem__, "
            r"odd_datasets\.py:\d+\)\. Each item must be a tuple \(image, class\)",
        ),
        ("subset_of_dictionaries", r"\(Dictionaries\.__getitem__, odd_datasets\.py:\d+\)"),
        (
            "labelled(form='image only')",
            r"whose items are tuples of length 1 \(Labelled\.__getitem__, odd_datasets\.py",
        ),
        ("labelled(form='picture')", "whose items are objects of type Image"),
        # 0.1.0: "The classes of the data set are float32; use integers from 0", or a line of its own code
        ("labelled(form='soft')", "classes are arrays of 4 numbers but not one-hot vectors"),
        ("labelled(form='regression')", r"classes are not whole numbers, for example 0\.37"),
        ("labelled(form='text')", "classes are not numbers, for example 'cat'"),
    ],
)
def test_items_of_another_form_are_refused_with_the_line_and_what_they_have_to_be(factory: str, words: str) -> None:
    with pytest.raises(UnusableData, match=words) as refused:
        load(factory)
    assert "Each item must be a tuple (image, class)" in refused.value.message


@pytest.mark.parametrize(
    ("form", "notice"),
    [
        # refused by 0.1.0
        ("float", "The classes of the train set are floating-point numbers; they are converted to integers."),
        ("one-hot", "The classes of the train set are one-hot vectors; they are converted to integers."),
        ("array", None),
        # accepted by 0.1.0 without a word
        ("named", "Items of the train set have 3 values; only the image and its class are used."),
    ],
)
def test_labels_in_other_forms_are_read_and_told(form: str, notice: str | None) -> None:
    loaded = load(f"labelled(form={form!r})")
    assert loaded.train_pool.labels.tolist() == [index % 4 for index in range(120)]
    assert loaded.notices == (() if notice is None else (notice,))


@pytest.mark.parametrize(
    ("factory", "warnings"),
    [
        # no warning in 0.1.0
        (
            "one_based",
            [
                "No image has class 0: the labels run from 1 to 4. They seem to start at 1, so the network would have "
                "outputs for classes without images; subtract 1 from the labels."
            ],
        ),
        (
            "gaps",
            [
                "There are no training images of 5 classes (1, 3, 4, 5, 6): the network would have outputs for "
                "classes that it cannot learn. Number the classes from 0 without gaps, or add images."
            ],
        ),
        (
            "unseen_class",
            [
                "There are no training images of 1 class (3): 10 selection or test images belong to such a class and "
                "can never be classified correctly. Number the classes from 0 without gaps, or add images."
            ],
        ),
        ("separate", []),
        ("labelled(form='array')", []),
    ],
)
def test_classes_without_images_are_warned_of(factory: str, warnings: list[str]) -> None:
    assert list(load(factory).warnings) == warnings


def test_labels_from_1_with_names_are_refused_with_the_cure() -> None:
    with pytest.raises(UnusableData, match=r"classes 1 to 4 and 4 class names.*start at 1: subtract 1"):
        load("named_one_based")


SHARED = "selection images are also training images, so selection accuracy says little about new images."


@pytest.mark.parametrize(
    ("factory", "counts"),
    [
        # no warning in 0.1.0
        ("overlapping", [f"40 of 40 {SHARED}"]),
        ("nested_overlap", [f"20 of 40 {SHARED}"]),
        ("joined", [f"40 of 40 {SHARED}"]),
        ("copies", ["7 of 30 test images are also training images", "5 of 30 test images are also selection images"]),
        ("separate", []),
    ],
)
def test_images_in_two_splits_are_counted(factory: str, counts: list[str]) -> None:
    warnings = load(factory).warnings
    assert len(warnings) == len(counts)
    assert all(warning.startswith(count) for warning, count in zip(warnings, counts, strict=True))


@pytest.mark.parametrize(("factory", "count"), [("overlapping", "40 of 40"), ("nested_overlap", "20 of 40")])
def test_subsets_of_one_data_set_are_compared_by_index_without_reading_it(factory: str, count: str) -> None:
    (warning,) = load(factory, STREAMED).warnings
    assert warning.startswith(f"{count} {SHARED}")


def test_streamed_copies_are_found_among_the_sampled_images() -> None:
    assert (
        load("copies", STREAMED)
        .warnings[0]
        .startswith("7 of 30 test images that were compared are also training images")
    )


def test_the_report_on_the_data_has_the_warnings() -> None:
    register_datasets(["own=tests.data.factories.odd_datasets:overlapping"])
    report = report_data(NewDataReport(data=SOURCE), DataPaths(None, None), 10**9, None)
    assert report.warnings[0].startswith(f"40 of 40 {SHARED}") and report.warnings[0] in report.sentences
    assert report.errors == []


def test_items_of_an_experiment_are_not_read_twice_again() -> None:
    """Every start of a worker loads the data; only the check before an experiment reads the items twice."""
    with pytest.raises(UnusableData, match="read twice"):
        load("sometimes_erased", ImageOptions(16, 3, must_inspect_files=True))
    assert len(load("sometimes_erased", ImageOptions(16, 3)).train_pool) == 120
