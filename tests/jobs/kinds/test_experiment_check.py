"""The check of data, network and weights: refuses what cannot run and reports what was adapted."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.errors import InvalidInput, UnreadableWeights, UnusableData, UnusableNetwork
from cnnpruner.jobs.cache import WorkerCache
from tests.jobs.setups import check_experiment

NEW = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"network": {"name": "vgg16_bn"}, "image_size": 8}, UnusableNetwork, "too small"),
        ({"mean": [0.1, 0.2, 0.3]}, InvalidInput, "mean has 3 values"),
        ({"network": {"name": "nowhere"}}, UnusableNetwork, "There is no network 'nowhere'"),
        ({"weights": {"path": "absent.pt"}}, InvalidInput, r"absent\.pt"),
        ({"weights": {"path": "other.pt"}}, UnreadableWeights, "missing"),
        ({"data": {"kind": "cifar10"}}, Exception, "cifar10"),
    ],
)
def test_an_experiment_that_cannot_run_is_refused(
    changes: dict[str, object], error: type[Exception], message: str, tmp_path: Path, cache: WorkerCache
) -> None:
    torch.save({"conv.weight": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(error, match=message):
        check_experiment(NewExperiment.model_validate(NEW.model_dump() | changes), tmp_path, cache)


def test_too_few_images_to_split_are_refused(tmp_path: Path, cache: WorkerCache) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "few" / "train" / name).mkdir(parents=True)
        Image.new("RGB", (16, 16)).save(tmp_path / "few" / "train" / name / "1.png")
    new = NewExperiment.model_validate(NEW.model_dump() | {"data": {"kind": "folder", "path": "few"}})
    with pytest.raises(UnusableData, match=r"too few images: .* have 1, 1 and 0, .* Add more images"):
        check_experiment(new, tmp_path, cache)


def test_small_images_are_enlarged_for_the_network_with_a_notice(tmp_path: Path, cache: WorkerCache) -> None:
    new = NewExperiment.model_validate(NEW.model_dump() | {"network": {"name": "resnet18"}})
    check = check_experiment(new, tmp_path, cache)
    assert (check.image_size, check.channels, len(check.mean)) == (32, 3, 3)
    assert any("32×32" in notice for notice in check.notices)
    assert any("3 identical channels" in notice for notice in check.notices)
