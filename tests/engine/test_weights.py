"""Weights that do not fit are listed, and writes are atomic."""

import errno
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnpruner.engine import weights
from cnnpruner.errors import StorageFailed, UnreadableWeights


def _network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 2))


def test_mismatch_lists_missing_unexpected_and_reshaped_tensors() -> None:
    state = _network().state_dict()
    state["fc.weight"] = state.pop("3.weight")
    state["0.weight"] = torch.zeros(8, 1, 3, 3)
    with pytest.raises(UnreadableWeights) as refused:
        weights.load_weights(_network(), state)
    for text in (
        "tensors missing from the file (1): 3.weight",
        "tensors that the network does not have (1): fc.weight",
        "0.weight (8×1×3×3 in the file, 4×1×3×3 in the",
    ):
        assert text in refused.value.message


def test_mismatch_leaves_the_network_as_it_was() -> None:
    network, state = _network(), _network().state_dict()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    del state["3.bias"]
    with pytest.raises(UnreadableWeights):
        weights.load_weights(network, state)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_old_checkpoint_without_batch_counters_is_loaded_and_nan_is_refused() -> None:
    state = _network().state_dict()
    del state["1.num_batches_tracked"]
    weights.load_weights(_network(), state)
    state["3.bias"] = torch.tensor([0.0, float("nan")])
    with pytest.raises(UnreadableWeights, match=r"3\.bias contains values that are not finite"):
        weights.load_weights(_network(), state)


@pytest.mark.parametrize(
    "value", [torch.zeros(2, dtype=torch.complex64), torch.zeros(2, device="meta"), torch.zeros(2).to_sparse()]
)
def test_tensors_that_are_not_dense_real_arrays_are_refused(value: torch.Tensor) -> None:
    state = _network().state_dict() | {"3.bias": value}
    with pytest.raises(UnreadableWeights, match=r"3\.bias is not a dense array of real numbers"):
        weights.load_weights(_network(), state)


def test_written_weights_are_read_back_equal_in_any_memory_format(tmp_path: Path) -> None:
    network = _network().to(memory_format=torch.channels_last)
    size = weights.write_weights(network, tmp_path / "deep" / "x.safetensors")
    loaded = weights.read_weights(tmp_path / "deep" / "x.safetensors")
    assert size == (tmp_path / "deep" / "x.safetensors").stat().st_size
    assert all(torch.equal(loaded[name], value) for name, value in network.state_dict().items())
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.safetensors"]


def test_full_disk_leaves_the_old_file_and_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.safetensors"
    weights.write_weights(_network(), path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(weights, "save_file", full)
    with pytest.raises(
        StorageFailed, match=r"x\.safetensors could not be written .*\(No space left on device\); free some disk space"
    ):
        weights.write_weights(_network(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
