"""Images of any size become squares by the declared transform."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from torchvision import transforms

from cnnpruner.data.images.transform import ImageTransform
from cnnpruner.domain.sharing.exports import NetworkRecord
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import ImageReading
from cnnpruner.formats.exports import readme

SMOOTH = Image.fromarray(
    np.stack([np.add.outer(np.arange(300), np.arange(400)) * 255 // 700] * 3, axis=-1).astype(np.uint8)
)


def test_crop_takes_the_shorter_edge_and_the_centre() -> None:
    expected = np.asarray(ImageOps.fit(SMOOTH, (64, 64), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    assert np.array_equal(ImageTransform(3, 64).apply(SMOOTH), expected)


def test_a_crop_share_equals_the_usual_imagenet_transform() -> None:
    transform = ImageTransform(3, 224, "crop", 0.875)
    assert transform.resized_edge == 256
    usual = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    expected = np.asarray(usual(SMOOTH)).transpose(2, 0, 1).astype(int)
    assert np.abs(transform.apply(SMOOTH) - expected).max() <= 2


def test_stretch_uses_the_entire_image() -> None:
    expected = np.asarray(SMOOTH.resize((32, 32), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    assert np.array_equal(ImageTransform(3, 32, "stretch").apply(SMOOTH), expected)


@pytest.mark.parametrize("resize", ["crop", "stretch"])
def test_the_transform_is_described_in_a_sentence(resize: str) -> None:
    sentence = ImageTransform(3, 224, resize, 0.875).sentence  # type: ignore[arg-type]
    assert "256" in sentence and "224×224" in sentence


def test_an_archive_says_how_images_were_resized() -> None:
    folder = DataSource(kind="folder", path="pets", crop_share=0.875)
    fields: dict[str, Any] = {"data": folder, "channels": 3, "image_size": 224, "reading": None}
    record = NetworkRecord.model_construct(**fields)
    assert "shorter edge has 256 pixels, and cropped" in readme._describe_transform(record)
    assert readme._describe_transform(record.model_copy(update={"data": DataSource(kind="digits")})) == ""


def test_an_archive_says_on_which_scale_pixel_values_were_read() -> None:
    reading = ImageReading(version=2, low=0, high=4095, scales_all_images=False)
    fields: dict[str, Any] = {"data": DataSource(kind="folder", path="x"), "channels": 1, "image_size": 32}
    text = readme._describe_transform(NetworkRecord.model_construct(**fields, reading=reading))
    assert "images with more than 8 bits per channel are scaled so that 0 becomes 0 and 4,095 becomes 255" in text
