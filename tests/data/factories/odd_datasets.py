"""Data sets as people write them, which are easily misread. Nothing here depends on CNNPruner."""

from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch.utils.data import ConcatDataset, Dataset, Subset

Datasets = tuple[Any, ...]


class Plain(Dataset[Any]):
    """PIL images with integer labels, all different."""

    def __init__(self, count: int = 120, classes: int = 4, shift: int = 0, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self.targets = [index % classes + shift for index in range(count)]
        self.images = [Image.fromarray(random.integers(0, 255, (16, 16, 3), dtype=np.uint8)) for _ in self.targets]

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> Any:
        if index >= len(self):
            raise IndexError
        return self.images[index], self.targets[index]


class Coarse(Plain):
    """As with a `target_transform`: items have coarse labels, `targets` stays fine."""

    def __getitem__(self, index: int) -> Any:
        return self.images[index], self.targets[index] // 2


class Relabelled(Plain):
    """A few corrected labels, none of them in an evenly spaced sample of 256."""

    def __getitem__(self, index: int) -> Any:
        return self.images[index], 3 if index in (1, 2) else self.targets[index]


class SometimesErased(Plain):
    """A share of the pictures differs from call to call."""

    def __init__(self, share: float, count: int = 120) -> None:
        super().__init__(count)
        self.share, self.random = share, np.random.default_rng(1)

    def __getitem__(self, index: int) -> Any:
        picture = np.array(self.images[index])
        if self.random.random() < self.share:
            picture[:8] = 0
        return Image.fromarray(picture), self.targets[index]


class NoisyLabels(Plain):
    """Draws some labels anew at each call."""

    def __init__(self) -> None:
        super().__init__()
        self.random = np.random.default_rng(1)

    def __getitem__(self, index: int) -> Any:
        is_noisy = self.random.random() < 0.1
        return self.images[index], int(self.random.integers(4)) if is_noisy else self.targets[index]


class Dictionaries(Plain):
    """As Hugging Face has them."""

    def __getitem__(self, index: int) -> Any:
        return {"image": self.images[index], "label": self.targets[index]}


class Sample(NamedTuple):
    """An item with a file name."""

    image: Image.Image
    label: int
    name: str


class Labelled(Plain):
    """Writes labels in another form."""

    def __init__(self, form: str, count: int = 120) -> None:
        super().__init__(count)
        self.form, self.labels, self.targets = form, self.targets, []

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Any:
        image, label = self.images[index], self.labels[index]
        one_hot = torch.nn.functional.one_hot(torch.tensor(label), 4)
        forms: dict[str, Any] = {
            "float": (image, float(label)),
            "one-hot": (image, one_hot.float()),
            "array": (image, np.array([label])),
            "named": Sample(image, label, f"{index}.png"),
            "soft": (image, one_hot * 0.9 + 0.025),
            "regression": (image, label + 0.37),
            "text": (image, "cat"),
            "image only": (image,),
            "picture": image,
        }
        return forms[self.form]


def coarse_labels() -> Datasets:
    """`targets` of both sets disagree with their items."""
    return Coarse(), Coarse(40, seed=1)


def relabelled() -> Datasets:
    """Two labels disagree with `targets`."""
    return Relabelled(1000), Plain(40, seed=1)


def sometimes_erased(share: float = 0.1, count: int = 120) -> Datasets:
    """Random pictures in the train set."""
    return SometimesErased(share, count), Plain(40, seed=1)


def erased_selection() -> Datasets:
    """Random pictures in the selection set."""
    return Plain(), SometimesErased(0.1, 200)


def noisy_labels() -> Datasets:
    """Random labels."""
    return NoisyLabels(), Plain(40, seed=1)


def dictionaries() -> Datasets:
    """Items are dictionaries."""
    return Dictionaries(), Dictionaries(40, seed=1)


def subset_of_dictionaries() -> Datasets:
    """Items of a subset are dictionaries."""
    return Subset(Dictionaries(), range(100)), Plain(40, seed=1)


def labelled(form: str) -> Datasets:
    """Labels in another form."""
    return Labelled(form), Plain(40, seed=1)


def one_based() -> Datasets:
    """Labels 1 to 4."""
    return Plain(shift=1), Plain(40, shift=1, seed=1)


def named_one_based() -> Datasets:
    """Labels 1 to 4, and the names of four classes."""
    train, selection = one_based()
    train.classes = ["ant", "bee", "cat", "dog"]
    return train, selection


def gaps() -> Datasets:
    """Labels 0, 2 and 7."""
    train, selection = Plain(classes=3), Plain(30, classes=3, seed=1)
    for data in (train, selection):
        data.targets = [(0, 2, 7)[target] for target in data.targets]
    return train, selection


def unseen_class() -> Datasets:
    """The selection set has a class that the train set lacks."""
    return Plain(classes=3), Plain(40, classes=4, seed=1)


def overlapping() -> Datasets:
    """The selection set is a part of the train set."""
    data = Plain()
    return data, Subset(data, range(40))


def nested_overlap() -> Datasets:
    """Two random splits of one data set that share 20 images, one of them split again."""
    data = Plain()
    return Subset(data, range(100)), Subset(Subset(data, range(60, 120)), range(20, 60))


def copies() -> Datasets:
    """The test set has copies of 5 selection and 7 training images."""
    train, selection, test = Plain(), Plain(40, seed=1), Plain(30, seed=2)
    test.images[:5], test.images[5:12] = selection.images[:5], train.images[:7]
    return train, selection, test


def joined() -> Datasets:
    """A joined data set and a part of it: the same images by different ways."""
    first, second = Plain(), Plain(40, seed=1)
    return ConcatDataset([first, second]), second


def separate() -> Datasets:
    """Nothing is shared, although every set has black pictures."""
    train, selection = Plain(), Plain(40, seed=1)
    for data in (train, selection):
        data.images[3] = Image.new("RGB", (16, 16))
    return train, selection
