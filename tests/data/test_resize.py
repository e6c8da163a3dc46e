"""Pictures of any size become squares by the transform that is declared."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from torchvision import transforms

from cnnpruner.data.images.resize import Framing
from cnnpruner.domain.sharing.exports import NetworkRecord
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.formats.exports import readme

SMOOTH = Image.fromarray(
    np.stack([np.add.outer(np.arange(300), np.arange(400)) * 255 // 700] * 3, axis=-1).astype(np.uint8)
)


def test_crop_takes_the_shorter_edge_and_the_centre() -> None:
    theirs = np.asarray(ImageOps.fit(SMOOTH, (64, 64), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    assert np.array_equal(Framing(3, 64).frame(SMOOTH), theirs)


def test_a_crop_share_is_the_practice_of_imagenet() -> None:
    framing = Framing(3, 224, "crop", 0.875)
    assert framing.resized_edge == 256
    usual = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    theirs = np.asarray(usual(SMOOTH)).transpose(2, 0, 1).astype(int)
    assert np.abs(framing.frame(SMOOTH) - theirs).max() <= 2


def test_stretch_keeps_all_of_the_picture() -> None:
    theirs = np.asarray(SMOOTH.resize((32, 32), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    assert np.array_equal(Framing(3, 32, "stretch").frame(SMOOTH), theirs)


@pytest.mark.parametrize("resize", ["crop", "stretch"])
def test_what_is_done_is_said(resize: str) -> None:
    said = Framing(3, 224, resize, 0.875).sentence  # type: ignore[arg-type]
    assert "256" in said and "224×224" in said


def test_an_archive_says_how_pictures_were_read() -> None:
    folder = DataSource(kind="folder", path="pets", crop_share=0.875)
    known: dict[str, Any] = {"data": folder, "channels": 3, "image_size": 224}
    record = NetworkRecord.model_construct(**known)
    assert "shorter edge to 256 and cropped" in readme._framing(record)
    assert readme._framing(record.model_copy(update={"data": DataSource(kind="digits")})) == ""
