"""Data sets are loaded in the shape that the network needs, with a notice for each change."""

import torch

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.splits import make_splits
from cnnpruner.domain.tree.experiments import DataSource

CPU = torch.device("cpu")
DIGITS = DataSource(kind="digits")


def test_digits_are_the_1797_of_scikit_learn_scaled_to_bytes() -> None:
    data = load_data(DIGITS, None, ImageOptions())
    pixels = data.train_pool.batch(torch.arange(len(data.train_pool)), CPU)
    assert pixels.shape == (1797, 1, 8, 8)
    assert pixels.dtype == torch.uint8
    assert (int(pixels.min()), int(pixels.max())) == (0, 255)
    assert data.classes == tuple("0123456789")
    assert torch.bincount(data.train_pool.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_normalised_train_images_have_mean_0_and_deviation_1() -> None:
    data = load_data(DIGITS, None, ImageOptions(seed=4))
    train = make_splits(data.train_pool.labels.numpy(), None, False, 4).train
    images = Normalize(data.mean, data.std)(data.train_pool.batch(torch.from_numpy(train), CPU))
    assert abs(float(images.mean())) < 1e-4
    assert abs(float(images.std(correction=0)) - 1) < 1e-4


def test_digits_for_a_network_with_three_channels_at_32_are_adapted_with_notices() -> None:
    data = load_data(DIGITS, None, ImageOptions(image_size=32, channels=3))
    image = data.train_pool.batch(torch.tensor([0]), CPU)[0]
    assert image.shape == (3, 32, 32)
    assert torch.equal(image[0], image[2])
    assert (data.channels, data.image_size, len(data.mean)) == (3, 32, 3)
    assert data.notices == (
        "Grayscale images are converted to 3 identical channels.",
        "Images of 8×8 are resized to 32×32.",
    )


def test_normalize_scales_to_0_1_then_applies_mean_and_std_per_channel() -> None:
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 3, 1, 1)
    normalised = Normalize((0.5, 0.1, 0.0), (0.5, 0.2, 2.0))(pixels)
    assert torch.allclose(normalised.flatten(), torch.tensor([-1.0, 0.5, 0.5]), atol=1e-6)


def test_images_too_large_for_memory_are_enlarged_batch_by_batch_with_the_same_pixels() -> None:
    in_memory = load_data(DIGITS, None, ImageOptions(image_size=32, channels=3)).train_pool
    adapted = load_data(DIGITS, None, ImageOptions(image_size=32, channels=3, max_bytes_in_memory=1000)).train_pool
    assert isinstance(in_memory, TensorImages) and not isinstance(adapted, TensorImages)
    indices = torch.tensor([5, 0, 1796])
    assert adapted.shape == in_memory.shape == (3, 32, 32)
    assert torch.equal(adapted.batch(indices, CPU), in_memory.batch(indices, CPU))
