"""Crops and flips, compared with shifting each image by hand."""

import torch
from torch.nn import functional

from cnnpruner.data.images.augmentation import augment
from cnnpruner.engine.training.batches import seeded_generator

PIXELS = torch.randint(1, 256, (40, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def _is_window(image: torch.Tensor, original: torch.Tensor) -> bool:
    padded = functional.pad(original, (2, 2, 2, 2))
    return any(torch.equal(image, padded[:, y : y + 16, x : x + 16]) for y in range(5) for x in range(5))


def test_crop_returns_windows_of_the_padded_image() -> None:
    cropped = augment(PIXELS, "crop", seeded_generator(0))
    assert all(_is_window(new, old) for new, old in zip(cropped, PIXELS, strict=True))
    assert not torch.equal(cropped, PIXELS)


def test_flip_mirrors_about_half_of_the_images() -> None:
    augmented = augment(PIXELS, "crop_flip", seeded_generator(0))
    plain = [_is_window(new, old) for new, old in zip(augmented, PIXELS, strict=True)]
    mirrored = [_is_window(new.flip(2), old) for new, old in zip(augmented, PIXELS, strict=True)]
    assert all(a != b for a, b in zip(plain, mirrored, strict=True))
    assert 10 <= sum(mirrored) <= 30


def test_equal_seeds_give_equal_images_and_the_input_is_unchanged() -> None:
    before = PIXELS.clone()
    first, again, other = (augment(PIXELS, "crop_flip", seeded_generator(0, 1, step)) for step in (2, 2, 3))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(PIXELS, before)


def test_none_changes_nothing() -> None:
    assert torch.equal(augment(PIXELS, "none", seeded_generator(0)), PIXELS)
