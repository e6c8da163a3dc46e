"""The weights of a network are found in checkpoints of every layout; averaged ones are used, and the person is told.

What 0.1.0 did with these files: it took the first of the entries `state_dict`, `model_state_dict`, `model`, `net`,
`network` and `weights`, removed `module.` and `_orig_mod.` once from the start of names, and ignored all else without a
word. So it used the plain weights wherever averaged ones lay beside them, and refused every other prefix and level
("12 missing: …; 14 unexpected: model.a.0.weight, …", "holds no weights: neither tensors by name nor an entry …").
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from cnnpruner.engine.checkpoints.weight_sets import load_checkpoint
from cnnpruner.errors import UnreadableWeights
from tests.engine.checkpoints.small_network import Net, has_weights, load, state

GOOD, OTHER = state(0), state(1)

State = dict[str, Tensor]


def prefixed(prefix: str, weights: State = GOOD) -> State:
    """The weights with a prefix before every name."""
    return {prefix + name: value for name, value in weights.items()}


def averaged_model() -> State:
    """The state of torch's wrapper for averaged weights (`n_averaged`, `module.…`)."""
    network = Net()
    network.load_state_dict(GOOD)
    return dict(AveragedModel(network).state_dict())


PARAMETERS = {name: value for name, value in GOOD.items() if "running" not in name and "batches" not in name}
BY_MODULE = {
    module: {name.removeprefix(f"{module}."): value for name, value in GOOD.items() if name.startswith(f"{module}.")}
    for module in ("a", "b", "head")
}

LAYOUTS: list[tuple[Any, str]] = [
    (GOOD, ""),
    ({"state_dict": GOOD, "epoch": 3}, "state_dict"),
    ({"model": GOOD}, "model"),
    ({"net": prefixed("module.")}, "net.module"),
    (prefixed("module."), "module"),
    (prefixed("_orig_mod."), ""),
    (prefixed("module._orig_mod."), "module"),
    # refused by 0.1.0
    ({"state_dict": prefixed("model."), "hyper_parameters": {}, "epoch": 1}, "state_dict.model"),
    ({"state_dict": {"model": GOOD}}, "state_dict.model"),
    (prefixed("net."), "net"),
    ({"student": prefixed("module.backbone.")}, "student.module.backbone"),
    ({"checkpoint": {"weights": {"best": GOOD}}}, "checkpoint.weights.best"),
    ({"state_dict": BY_MODULE}, "state_dict"),
    ({name.replace("a.0.", "a._orig_mod.0."): value for name, value in GOOD.items()}, ""),
]


@pytest.mark.parametrize(("content", "key"), LAYOUTS)
def test_the_weights_are_found_under_any_key_level_and_prefix(tmp_path: Path, content: Any, key: str) -> None:
    torch.save(content, tmp_path / "x.pth")
    network, checkpoint = load(tmp_path / "x.pth")
    assert has_weights(network, GOOD)
    assert (checkpoint.key, len(checkpoint.weight_sets)) == (key, 1)
    assert checkpoint.weight_sets[0].used and not checkpoint.weight_sets[0].averaged


def test_an_unusual_key_is_told(tmp_path: Path) -> None:
    torch.save({"state_dict": prefixed("model."), "epoch": 1}, tmp_path / "lightning.ckpt")
    assert load(tmp_path / "lightning.ckpt")[1].notices == (
        "The weights of the network were found under `state_dict.model` in lightning.ckpt.",
    )


AVERAGED: list[tuple[Any, str, str]] = [
    # content, key of the averaged weights, key of the plain ones
    ({"state_dict": OTHER, "state_dict_ema": GOOD, "epoch": 3}, "state_dict_ema", "state_dict"),
    ({"model": OTHER, "model_ema": prefixed("module.")}, "model_ema.module", "model"),
    ({"ema_state_dict": GOOD, "model_state_dict": OTHER}, "ema_state_dict", "model_state_dict"),
    ({"modelEMA": GOOD, "model": OTHER}, "modelEMA", "model"),
    ({"net": OTHER, "swa_state_dict": averaged_model()}, "swa_state_dict.module", "net"),
    ({"state_dict": prefixed("model.", OTHER) | prefixed("ema_model.")}, "state_dict.ema_model", "state_dict.model"),
    (OTHER | {"averaged": GOOD}, "averaged", ""),
    (
        {"state_dict": GOOD, "current_model_state": OTHER, "averaging_state": {"n_averaged": torch.tensor(9)}},
        "state_dict",
        "current_model_state",
    ),
]


@pytest.mark.parametrize(("content", "averaged", "plain"), AVERAGED)
def test_averaged_weights_are_used_unless_the_plain_ones_are_requested(
    tmp_path: Path, content: Any, averaged: str, plain: str
) -> None:
    """0.1.0 used the plain weights of all of these, without a word, or refused the file."""
    torch.save(content, tmp_path / "x.pth.tar")
    network, checkpoint = load(tmp_path / "x.pth.tar")
    assert has_weights(network, GOOD) and checkpoint.key == averaged
    assert {weights.key: (weights.averaged, weights.used) for weights in checkpoint.weight_sets} == {
        averaged: (True, True),
        plain: (False, False),
    }
    (notice,) = [notice for notice in checkpoint.notices if "2 sets of weights" in notice]
    assert f"`{averaged}` (averaged)" in notice and f"`{averaged}` is used, because averaged weights" in notice
    network, checkpoint = load(tmp_path / "x.pth.tar", plain)
    assert has_weights(network, OTHER) and checkpoint.key == plain
    assert [weights.key for weights in checkpoint.weight_sets if weights.used] == [plain]


def test_words_that_only_contain_the_letters_are_not_averages(tmp_path: Path) -> None:
    torch.save({"schema_model": OTHER, "model": GOOD}, tmp_path / "x.pth")
    network, checkpoint = load(tmp_path / "x.pth")
    assert has_weights(network, GOOD) and not any(weights.averaged for weights in checkpoint.weight_sets)


def test_a_single_averaged_set_is_marked(tmp_path: Path) -> None:
    torch.save(averaged_model(), tmp_path / "x.pth")
    network, checkpoint = load(tmp_path / "x.pth")
    assert has_weights(network, GOOD)
    assert [(weights.key, weights.averaged, weights.tensors) for weights in checkpoint.weight_sets] == [
        ("module", True, 14)
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"model": GOOD, "ema": PARAMETERS},
            "`ema` in x.pth contains averaged weights, which cannot be used: 4 tensors of the network are missing "
            "(a.1.running_mean, a.1.running_var, b.1.running_mean, …).",
        ),
        (
            {"model": GOOD, "ema": {"decay": 0.9, "shadow_params": [torch.zeros(2), torch.zeros(3)]}},
            "`ema.shadow_params` in x.pth contains 2 averaged tensors, which cannot be used because they have no "
            "names; save the state_dict() of the averaged network instead.",
        ),
    ],
)
def test_averages_that_cannot_be_used_are_told(tmp_path: Path, content: Any, sentence: str) -> None:
    torch.save(content, tmp_path / "x.pth")
    network, checkpoint = load(tmp_path / "x.pth")
    assert has_weights(network, GOOD) and sentence in checkpoint.notices


def test_tensors_that_are_not_used_are_counted(tmp_path: Path) -> None:
    content = {"state_dict": prefixed("model.") | {"loss.weight": torch.ones(3)}, "prototypes": {"x": torch.ones(1)}}
    torch.save(content, tmp_path / "x.pth")
    assert load(tmp_path / "x.pth")[1].notices[-1] == (
        "2 other tensors do not belong to the network and are not used: state_dict.loss.weight, prototypes.x."
    )


def test_the_state_of_an_optimizer_is_not_taken_for_weights(tmp_path: Path) -> None:
    network = Net()
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.ones(2, 1, 8, 8)).sum().backward()
    optimizer.step()
    torch.save({"model": GOOD, "optimizer": optimizer.state_dict()}, tmp_path / "x.pth")
    _, checkpoint = load(tmp_path / "x.pth")
    assert [weights.key for weights in checkpoint.weight_sets] == ["model"] and checkpoint.notices == ()


def test_an_unknown_key_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    torch.save({"state_dict": OTHER, "state_dict_ema": GOOD}, tmp_path / "x.pth")
    with pytest.raises(UnreadableWeights, match="under the key `ema`; choose one of: `state_dict`, `state_dict_ema`"):
        load(tmp_path / "x.pth", "ema")


def test_weights_of_another_network_beside_those_that_fit_are_not_offered(tmp_path: Path) -> None:
    wide = {name: torch.zeros(2 * value.shape[0], *value.shape[1:]) if value.ndim else value
            for name, value in GOOD.items()}  # fmt: skip
    torch.save({"teacher": wide, "student": GOOD}, tmp_path / "x.pth")
    network, checkpoint = load(tmp_path / "x.pth")
    assert has_weights(network, GOOD) and [weights.key for weights in checkpoint.weight_sets] == ["student"]


class Wrapper(nn.Module):
    """A network inside of another one."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Net()


def test_a_prefix_of_the_network_that_the_file_lacks_is_added(tmp_path: Path) -> None:
    """0.1.0: "12 missing: backbone.a.0.weight, …; 14 unexpected: a.0.weight, …"."""
    torch.save(GOOD, tmp_path / "x.pth")
    network = Wrapper()
    checkpoint = load_checkpoint(network, tmp_path / "x.pth")
    assert has_weights(network.backbone, GOOD)
    assert "All parameter names of the network begin with `backbone.`." in " ".join(checkpoint.notices)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda weights: weights.pop("head.bias"), r"tensors missing from the file \(1\): head.bias"),
        (
            lambda weights: weights.update({"neck.weight": torch.ones(2)}),
            r"tensors that the network does not have \(1\): neck.weight",
        ),
        (
            lambda weights: weights.update({"head.bias": torch.ones(3)}),
            r"tensors with a different shape \(1\): head.bias \(3 in the file, 10 in the network",
        ),
    ],
)
def test_what_differs_is_named_without_the_prefix(
    tmp_path: Path, damage: Callable[[State], Any], expected: str
) -> None:
    weights = dict(GOOD)
    damage(weights)
    torch.save({"state_dict": prefixed("model.", weights)}, tmp_path / "x.pth")
    with pytest.raises(UnreadableWeights, match=f"does not fit the network: {expected}"):
        load(tmp_path / "x.pth")


def test_safetensors_are_read_by_content_whatever_their_ending(tmp_path: Path) -> None:
    """0.1.0 called a safetensors file named .pt damaged, and the reverse as well."""
    save_file(prefixed("module."), tmp_path / "x.pt")
    torch.save(GOOD, tmp_path / "y.safetensors")
    assert has_weights(load(tmp_path / "x.pt")[0], GOOD) and has_weights(load(tmp_path / "y.safetensors")[0], GOOD)


def test_names_of_densenet_files_of_2017_are_read(tmp_path: Path) -> None:
    """0.1.0 refused the files that torchvision publishes for its DenseNets."""
    from torchvision.models import densenet121

    network = densenet121(num_classes=2)
    old_names = {
        name.replace("norm1", "norm.1").replace("conv1", "conv.1").replace("norm2", "norm.2").replace("conv2", "conv.2")
        if "denselayer" in name
        else name: value
        for name, value in network.state_dict().items()
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in old_names
    torch.save(old_names, tmp_path / "densenet.pth")
    fresh = densenet121(num_classes=2)
    load_checkpoint(fresh, tmp_path / "densenet.pth")
    assert has_weights(fresh, dict(network.state_dict()))
