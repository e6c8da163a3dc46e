"""Image folders of all sorts of pictures; what cannot be used is named."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnpruner.data.images.file_images import FileImages, decode
from cnnpruner.data.images.resize import Framing
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

CPU = torch.device("cpu")


def _save(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (16, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for part, count in (("train", 4), ("val", 2)):
        for number in range(count):
            _save(tmp_path / part / "cat" / f"{number}.png", (200, 0, 0))
            _save(tmp_path / part / "dog" / f"{number}.png", (0, 0, 100))
    return tmp_path


def _load(folder: Path, options: ImageOptions | None = None) -> LoadedData:
    return load_data(DataSource(kind="folder", path="x"), folder, options or ImageOptions())


def test_classes_are_the_folders_and_val_is_the_test_pool(pictures: Path) -> None:
    data = _load(pictures)
    assert data.classes == ("cat", "dog")
    assert data.train_pool.labels.tolist() == [0] * 4 + [1] * 4
    assert data.test_pool is not None and len(data.test_pool) == 4
    assert data.train_pool.batch(torch.tensor([0, 4]), CPU)[:, :, 0, 0].tolist() == [[200, 0, 0], [0, 0, 100]]
    assert data.image_size == 16
    assert not any("resized" in notice for notice in data.notices)


def test_pictures_of_many_sizes_are_cropped_to_one_and_it_is_said(pictures: Path) -> None:
    _save(pictures / "train" / "dog" / "large.png", (0, 0, 100), (300, 100))
    data = _load(pictures)
    assert data.train_pool.shape == (3, 16, 16)
    assert "cropped at the centre to 16×16" in data.notices[0]


def test_large_sets_are_decoded_batch_by_batch_with_the_same_pixels(
    pictures: Path,
) -> None:
    held = _load(pictures).train_pool.batch(torch.tensor([5, 1]), CPU)
    lazy = _load(pictures, ImageOptions(max_bytes_in_memory=10)).train_pool
    assert isinstance(lazy, FileImages)
    assert torch.equal(lazy.batch(torch.tensor([5, 1]), CPU), held)


def test_unreadable_picture_is_named(pictures: Path) -> None:
    (pictures / "train" / "cat" / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(UnusableData, match=r"train/cat/broken\.jpg cannot be read .* remove or replace") as refused:
        _load(pictures)
    assert str(pictures) not in refused.value.message


def test_picture_cut_short_is_named(pictures: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    noise.save(pictures / "train" / "cat" / "short.png")
    whole = (pictures / "train" / "cat" / "short.png").read_bytes()
    (pictures / "train" / "cat" / "short.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnusableData, match=r"train/cat/short\.png"):
        _load(pictures)


def test_empty_class_is_named(pictures: Path) -> None:
    (pictures / "train" / "bird").mkdir()
    with pytest.raises(UnusableData, match="Class bird in train holds no pictures"):
        _load(pictures)


def test_one_class_alone_is_refused(tmp_path: Path) -> None:
    _save(tmp_path / "train" / "cat" / "1.png", (1, 2, 3))
    with pytest.raises(UnusableData, match="only one class, cat"):
        _load(tmp_path)


def test_class_that_only_val_has_is_named(pictures: Path) -> None:
    _save(pictures / "val" / "fish" / "1.png", (1, 2, 3))
    with pytest.raises(UnusableData, match="has a class fish that train has not"):
        _load(pictures)


def test_picture_is_turned_upright_by_its_exif(tmp_path: Path) -> None:
    picture = Image.new("RGB", (16, 16))
    picture.paste((255, 255, 255), (0, 0, 16, 8))  # upper half white as stored
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise: white goes to the right
    picture.save(tmp_path / "turned.png", exif=exif)
    pixels = decode(tmp_path / "turned.png", Framing(1, 16))
    assert pixels[0, 8, 2] == 0
    assert pixels[0, 8, 13] == 255


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_picture_becomes_three_bytes_a_pixel(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (12, 9)).save(tmp_path / "x.tif")
    assert decode(tmp_path / "x.tif", Framing(3, 8)).shape == (3, 8, 8)


def test_transparent_pixels_are_white_not_what_hides_below(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "x.png")
    assert decode(tmp_path / "x.png", Framing(3, 8))[:, 0, 0].tolist() == [255, 255, 255]
