"""One intensity scale for all images of a set, found from the set and reported; constant images are noticed."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from cnnpruner.data.images.contrast import check_contrast
from cnnpruner.data.images.intensity import ValueRange, choose_image_reading
from cnnpruner.data.images.pixels import PixelKind
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports import files
from cnnpruner.domain.sources.data_reports import IntensityScale
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData
from tests.data.image_folders.written_folders import EDGE, noise, put, put_values, report, write_deep_png

CPU = torch.device("cpu")


def load(folder: Path, **fields: object) -> LoadedData:
    source = DataSource.model_validate({"kind": "folder", "path": "x"} | fields)
    return load_data(source, folder, ImageOptions(image_size=EDGE))


def pixels(data: LoadedData) -> Tensor:
    """All training images [N, C, H, W]: those of class `high`, then those of class `low`."""
    return data.train_pool.batch(torch.arange(len(data.train_pool)), CPU)


def scale(folder: Path) -> tuple[float, float] | None:
    intensity = report(folder).intensity
    return None if intensity is None else (intensity.black, intensity.white)


def floats(label: int, number: int) -> NDArray[np.float32]:
    return noise(number, 0.2 + 0.4 * label, 0.4 + 0.4 * label, channels=1).astype(np.float32)


def twelve_bits(label: int, number: int) -> NDArray[np.uint16]:
    return noise(number, 700 + 2000 * label, 1300 + 2000 * label, channels=1).astype(np.uint16)


def test_floats_from_0_to_1_use_the_whole_scale(tmp_path: Path) -> None:
    folder = put_values(tmp_path, "tiff", floats)
    assert scale(folder) == (0, 1)
    high, low = pixels(load(folder)).float().mean((1, 2, 3)).split(6)
    assert high.mean() == pytest.approx(0.7 * 255, abs=1)
    assert low.mean() == pytest.approx(0.3 * 255, abs=1)  # 0.1.0: all pixels 0


def test_twelve_bits_in_sixteen_use_the_whole_scale(tmp_path: Path) -> None:
    folder = put_values(tmp_path, "png", twelve_bits)
    data = load(folder)
    assert scale(folder) == (0, 4095)
    images = pixels(data)
    assert images[0, 0, 0, 0] == round(float(twelve_bits(1, 0)[0, 0]) * 255 / 4095)
    assert len(images.unique()) > 70  # 0.1.0: 7 greys, from 2 to 12
    sentence = next(notice for notice in data.notices if "intensity scale" in notice)
    assert sentence.startswith("12 images have more than 8 bits per channel. Their values range from 700 to 3,29")
    assert sentence.endswith("They all use the same intensity scale: 0 becomes black and 4,095 white.")


def test_images_of_one_set_are_never_scaled_by_themselves(tmp_path: Path) -> None:
    def exposed(label: int, number: int) -> NDArray[np.uint16]:
        return (noise(number, 0, 200, channels=1) * (1 + 200 * label)).astype(np.uint16)

    images = pixels(load(put_values(tmp_path, "png", exposed)))
    assert images[6:].max() <= 1  # 0.1.0: dark images up to 200, as bright as the others
    assert images[:6].max() > 150


def test_colours_of_sixteen_bits_keep_their_lower_bits(tmp_path: Path) -> None:
    values = {name: noise(seed, 0, 4096).astype(np.uint16) for seed, name in enumerate(("low", "high"))}
    for name, image in values.items():
        for number in range(6):
            write_deep_png(tmp_path / "train" / name / f"{number}.png", np.roll(image, number, axis=0))
    assert scale(tmp_path) == (0, 4095)
    expected = np.rint(values["high"] * (255 / 4095)).astype(np.uint8).transpose(2, 0, 1)
    assert np.array_equal(pixels(load(tmp_path))[0].numpy(), expected)  # 0.1.0: values from 0 to 15


def test_the_byte_order_of_a_file_does_not_matter(tmp_path: Path) -> None:
    little = put_values(tmp_path / "little", "tiff", twelve_bits)
    big = put_values(tmp_path / "big", "tiff", lambda label, number: twelve_bits(label, number).astype(">u2"))
    with Image.open(big / "train/low/0.tiff") as image:
        assert image.mode == "I;16B"
    assert torch.equal(pixels(load(little)), pixels(load(big)))  # 0.1.0: the second were cut off at 255, all white


def test_negative_values_are_not_cut_off(tmp_path: Path) -> None:
    def hounsfield(label: int, number: int) -> NDArray[np.int32]:
        return noise(number, -1000, 500 + 1500 * label, channels=1).astype(np.int32)

    intensity = report(put_values(tmp_path, "tiff", hounsfield)).intensity
    assert intensity is not None
    assert (intensity.black, intensity.white) == (intensity.lowest, intensity.highest)
    assert intensity.black < -900 and intensity.white > 1900
    assert pixels(load(tmp_path)).double().mean() > 60  # 0.1.0: everything below 0 black


INTEGERS, FLOATS = "integers", "floats"


@pytest.mark.parametrize(
    ("kind", "low", "high", "expected"),
    [
        (INTEGERS, 3, 250, (0, 255)),
        (INTEGERS, 0, 1000, (0, 1023)),
        (INTEGERS, 5, 4095, (0, 4095)),
        (INTEGERS, 5, 16000, (0, 16383)),
        (INTEGERS, 5, 60000, (0, 65535)),
        (INTEGERS, 30000, 31000, (30000, 31000)),
        (INTEGERS, -1024, 3071, (-1024, 3071)),
        (FLOATS, 0.1, 0.9, (0, 1)),
        (FLOATS, -0.9, 0.9, (-1, 1)),
        (FLOATS, 1.0, 230.0, (0, 255)),
        (FLOATS, 0.0, 0.02, (0, 0.02)),
        (FLOATS, -40.0, 37.5, (-40, 37.5)),
    ],
)
def test_the_scale_is_a_usual_one_unless_the_values_fill_little_of_it(
    kind: PixelKind, low: float, high: float, expected: tuple[float, float]
) -> None:
    reading = choose_image_reading({kind: ValueRange(low, high)}, None)
    assert (reading.low, reading.high) == expected


def test_a_given_value_range_applies_to_all_images(tmp_path: Path) -> None:
    folder = put_values(tmp_path, "png", lambda label, number: noise(number, 0, 10, channels=1).astype(np.uint8))
    result = report(folder, value_range=(0, 9))
    assert result.intensity == IntensityScale(black=0, white=9, origin="given", images=12, lowest=0, highest=9)
    assert pixels(load(folder, value_range=(0, 9))).max() == 255
    narrower = report(folder, value_range=(2, 9))
    assert any("values outside the scale are clipped" in sentence for sentence in narrower.sentences)


@pytest.mark.parametrize("data", [{"value_range": (9, 9)}, {"kind": "digits", "path": None, "value_range": (0, 9)}])
def test_an_impossible_value_range_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="value_range"):
        DataSource.model_validate({"kind": "folder", "path": "x"} | data)


def test_eight_bit_images_are_read_unchanged_and_a_narrow_range_is_noticed(tmp_path: Path) -> None:
    folder = put_values(tmp_path, "png", lambda label, number: noise(number, 0, 16, channels=1).astype(np.uint8))
    result = report(folder)
    assert result.intensity is None
    assert any(
        "are between 0 and 15 on a scale of 0 to 255, so the images have very little contrast" in line
        for line in result.warnings
    )
    assert int(pixels(load(folder)).max()) == 15  # 0.1.0: no warning


def test_images_of_eight_and_of_more_bits_in_one_set_are_noticed(tmp_path: Path) -> None:
    put_values(tmp_path, "png", twelve_bits)
    put(tmp_path / "train", 3, ("low", "high"))
    Image.fromarray(noise(9).astype(np.uint8)).save(tmp_path / "train/low/colour.png")
    warnings = " ".join(report(tmp_path).warnings)
    assert "images have more than 8 bits per channel. The other images have 8 bits" in warnings


def test_floats_and_integers_in_one_set_are_an_error(tmp_path: Path) -> None:
    put_values(tmp_path, "png", twelve_bits)
    put_values(tmp_path, "tiff", floats)
    (error,) = report(tmp_path).errors
    assert error.startswith("12 images have floating-point pixels, and 12 have integer pixels of more than 8 bits")


def test_a_constant_set_is_an_error_and_an_experiment_is_refused_in_the_same_words(tmp_path: Path) -> None:
    folder = put_values(tmp_path, "png", lambda label, number: np.full((EDGE, EDGE), 7, np.uint8))
    (error,) = report(folder).errors  # 0.1.0: "It can be used.", std 1
    assert error.startswith(
        "All pixels of the training images have nearly the same value: their standard deviation is 0"
    )
    with pytest.raises(UnusableData, match="nearly the same value") as caught:
        check_contrast(load(folder).contrast)
    assert caught.value.message == error


@pytest.mark.parametrize(("std", "notices"), [(5 / 255, 1), (20 / 255, 0)])
def test_little_contrast_is_noticed(std: float, notices: int) -> None:
    assert len(check_contrast(std)) == notices


def test_constant_images_are_counted_and_named(tmp_path: Path) -> None:
    put(tmp_path / "train", 4)
    Image.new("RGB", (EDGE, EDGE), (9, 9, 9)).save(tmp_path / "train/ant/blank.png")
    result = report(tmp_path)
    assert result.constant_images == 1
    assert any(
        "All pixels have the same value in 1 of 13 decoded images, for example train/ant/blank.png" in line
        for line in result.warnings
    )


def test_values_that_are_not_numbers_make_an_image_unreadable(tmp_path: Path) -> None:
    put_values(tmp_path, "tiff", lambda label, number: np.where(number + label, floats(label, number), np.nan))
    (file,) = report(tmp_path).unreadable
    assert (file.place, file.reason) == ("train/low/0.tiff", "it contains pixel values that are not finite numbers")


def test_in_large_folders_the_scale_still_fits_all_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_bright(label: int, number: int) -> NDArray[np.uint16]:
        return noise(number, 0, 60000 if (label, number) == (1, 5) else 900, channels=1).astype(np.uint16)

    folder = put_values(tmp_path, "png", one_bright)
    monkeypatch.setattr(files, "MAX_DECODED_BYTES", 10)
    monkeypatch.setattr(files, "MIN_SAMPLED_IMAGES", 1)
    assert scale(folder) == (0, 65535)


def test_opacity_is_not_scaled(tmp_path: Path) -> None:
    values = np.dstack([noise(1, 0, 4000), np.full((EDGE, EDGE), 65535.0)]).astype(np.uint16)
    values[:8, :, 3] = 0
    for name in ("low", "high"):
        for number in range(3):
            write_deep_png(tmp_path / "train" / name / f"{number}.png", np.roll(values, number, axis=1))
    image = pixels(load(tmp_path))[0]
    assert image[:, :8].min() == 255  # transparent, so white
    assert torch.equal(image[0, 8:], torch.from_numpy(np.rint(values[8:, :, 0] * (255 / 4095)).astype(np.uint8)))
