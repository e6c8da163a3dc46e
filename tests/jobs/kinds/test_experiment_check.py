"""The look at data, network and weights: what cannot run is refused, what must be adapted is said."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import InvalidInput, UnreadableWeights, UnusableData, UnusableNetwork
from cnnpruner.jobs.cache import WorkerCache
from tests.jobs.setups import look

NEW = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"network": {"name": "vgg16_bn"}, "image_size": 8}, UnusableNetwork, "too small"),
        ({"mean": [0.1, 0.2, 0.3]}, InvalidInput, "mean has 3 values"),
        ({"network": {"name": "nowhere"}}, UnusableNetwork, "There is no network 'nowhere'"),
        ({"weights": {"path": "absent.pt"}}, InvalidInput, r"absent\.pt"),
        ({"weights": {"path": "other.pt"}}, UnreadableWeights, "missing"),
        ({"data": {"kind": "cifar10"}}, Exception, "cifar10"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_made(
    changes: dict[str, object], error: type[Exception], words: str, tmp_path: Path, cache: WorkerCache
) -> None:
    torch.save({"conv.weight": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(error, match=words):
        look(NewExperiment.model_validate(NEW.model_dump() | changes), tmp_path, cache)


def test_pictures_too_few_to_be_split_are_refused(tmp_path: Path, cache: WorkerCache) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "few" / "train" / name).mkdir(parents=True)
        Image.new("RGB", (16, 16)).save(tmp_path / "few" / "train" / name / "1.png")
    new = NewExperiment.model_validate(NEW.model_dump() | {"data": {"kind": "folder", "path": "few"}})
    with pytest.raises(UnusableData, match=r"too few images: they split into 1 for training, 1 .* and 0 .* Add some"):
        look(new, tmp_path, cache)


def test_small_images_are_brought_to_what_the_network_takes_and_this_is_said(
    tmp_path: Path, cache: WorkerCache
) -> None:
    new = NewExperiment.model_validate(NEW.model_dump() | {"network": {"name": "resnet18"}})
    found = look(new, tmp_path, cache)
    assert (found.image_size, found.channels, len(found.mean)) == (32, 3, 3)
    assert any("32×32" in notice for notice in found.notices)
    assert any("3 channels" in notice for notice in found.notices)
