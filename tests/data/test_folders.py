"""Image folders with all kinds of images; errors name the file or class that cannot be used."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnpruner.data.images.file_images import FileImages, decode
from cnnpruner.data.images.transform import ImageTransform
from cnnpruner.data.loaded_data import LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

CPU = torch.device("cpu")


def _save(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (16, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for subset, count in (("train", 4), ("val", 2)):
        for number in range(count):
            _save(tmp_path / subset / "cat" / f"{number}.png", (200, 0, 0))
            _save(tmp_path / subset / "dog" / f"{number}.png", (0, 0, 100))
    return tmp_path


def _load(folder: Path, options: ImageOptions | None = None) -> LoadedData:
    return load_data(DataSource(kind="folder", path="x"), folder, options or ImageOptions())


def test_classes_are_the_folders_and_val_is_held_out_for_selection(folder: Path) -> None:
    data = _load(folder)
    assert data.classes == ("cat", "dog")
    assert data.train_pool.labels.tolist() == [0] * 4 + [1] * 4
    assert data.held_out_pool is not None and len(data.held_out_pool) == 4
    assert data.test_pool is None
    assert data.train_pool.batch(torch.tensor([0, 4]), CPU)[:, :, 0, 0].tolist() == [[200, 0, 0], [0, 0, 100]]
    assert data.image_size == 16
    assert not any("resized" in notice for notice in data.notices)


def test_images_of_many_sizes_are_cropped_to_one_with_a_notice(folder: Path) -> None:
    _save(folder / "train" / "dog" / "large.png", (0, 0, 100), (300, 100))
    data = _load(folder)
    assert data.train_pool.shape == (3, 16, 16)
    assert "cropped at the centre to 16×16" in data.notices[0]


def test_large_sets_are_decoded_batch_by_batch_with_the_same_pixels(folder: Path) -> None:
    in_memory = _load(folder).train_pool.batch(torch.tensor([5, 1]), CPU)
    streamed = _load(folder, ImageOptions(max_bytes_in_memory=10)).train_pool
    assert isinstance(streamed, FileImages)
    assert torch.equal(streamed.batch(torch.tensor([5, 1]), CPU), in_memory)


def test_unreadable_image_is_named(folder: Path) -> None:
    (folder / "train" / "cat" / "broken.jpg").write_bytes(b"not an image")
    with pytest.raises(UnusableData, match=r"train/cat/broken\.jpg cannot be read .* remove or replace") as caught:
        _load(folder)
    assert str(folder) not in caught.value.message


def test_truncated_image_is_named(folder: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    noise.save(folder / "train" / "cat" / "short.png")
    content = (folder / "train" / "cat" / "short.png").read_bytes()
    (folder / "train" / "cat" / "short.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(UnusableData, match=r"train/cat/short\.png"):
        _load(folder)


def test_empty_class_is_named(folder: Path) -> None:
    (folder / "train" / "bird").mkdir()
    with pytest.raises(UnusableData, match="Class bird in train has no images"):
        _load(folder)


def test_a_single_class_is_refused(tmp_path: Path) -> None:
    _save(tmp_path / "train" / "cat" / "1.png", (1, 2, 3))
    with pytest.raises(UnusableData, match="only one class, cat"):
        _load(tmp_path)


def test_class_that_only_val_has_is_named(folder: Path) -> None:
    _save(folder / "val" / "fish" / "1.png", (1, 2, 3))
    with pytest.raises(UnusableData, match="has the class fish, which train does not have"):
        _load(folder)


def test_image_is_turned_upright_by_its_exif(tmp_path: Path) -> None:
    image = Image.new("RGB", (16, 16))
    image.paste((255, 255, 255), (0, 0, 16, 8))  # upper half white as stored
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise: white moves to the right
    image.save(tmp_path / "turned.png", exif=exif)
    pixels = decode(tmp_path / "turned.png", ImageTransform(1, 16))
    assert pixels[0, 8, 2] == 0
    assert pixels[0, 8, 13] == 255


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_image_mode_becomes_three_bytes_per_pixel(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (12, 9)).save(tmp_path / "x.tif")
    assert decode(tmp_path / "x.tif", ImageTransform(3, 8)).shape == (3, 8, 8)


def test_transparent_pixels_become_white_not_the_hidden_colour(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "x.png")
    assert decode(tmp_path / "x.png", ImageTransform(3, 8))[:, 0, 0].tolist() == [255, 255, 255]
