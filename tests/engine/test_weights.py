"""Checkpoints are read without running code, mismatches are listed, and writes are atomic."""

import errno
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnnpruner.engine import weights
from cnnpruner.errors import StorageFailed, UnreadableWeights


def _network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 2))


@pytest.mark.parametrize("entry", [None, "state_dict", "model", "net"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_common_layouts_of_torch_checkpoints_are_read(tmp_path: Path, entry: str | None, prefix: str) -> None:
    network = _network()
    state = {prefix + name: value for name, value in network.state_dict().items()}
    torch.save({entry: state, "epoch": 3} if entry else state, tmp_path / "x.pth")
    loaded = weights.read_checkpoint(tmp_path / "x.pth")
    assert loaded.keys() == network.state_dict().keys()
    assert all(torch.equal(loaded[name], value) for name, value in network.state_dict().items())


def test_safetensors_with_prefix_are_read(tmp_path: Path) -> None:
    save_file({f"module.{name}": value for name, value in _network().state_dict().items()}, tmp_path / "x.safetensors")
    assert weights.read_checkpoint(tmp_path / "x.safetensors").keys() == _network().state_dict().keys()


class _Attack:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("save", ["torch", "pickle"])
def test_pickle_with_code_is_refused_and_not_run(tmp_path: Path, save: str) -> None:
    content = {"state_dict": {"weight": torch.zeros(1)}, "extra": _Attack(tmp_path / "attacked")}
    if save == "torch":
        torch.save(content, tmp_path / "x.pt")
    else:
        (tmp_path / "x.pt").write_bytes(pickle.dumps(content))
    with pytest.raises(UnreadableWeights, match=r"x\.pt"):
        weights.read_checkpoint(tmp_path / "x.pt")
    assert not (tmp_path / "attacked").exists()


def test_pickled_network_is_refused_with_the_cure(tmp_path: Path) -> None:
    torch.save(_network(), tmp_path / "x.pt")
    with pytest.raises(UnreadableWeights, match=r"could run code, so it is refused\. Save the plain state_dict"):
        weights.read_checkpoint(tmp_path / "x.pt")


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_truncated_files_and_other_formats_are_refused(tmp_path: Path, suffix: str) -> None:
    complete, path = tmp_path / f"complete{suffix}", tmp_path / f"x{suffix}"
    if suffix == ".pt":
        torch.save(_network().state_dict(), complete)
    else:
        save_file(_network().state_dict(), complete)
    for content in (complete.read_bytes()[:-100], b"a plain text file", b""):
        path.write_bytes(content)
        with pytest.raises(UnreadableWeights, match=rf"x\{suffix} (is not|is damaged)"):
            weights.read_checkpoint(path)
    with pytest.raises(UnreadableWeights, match="no checkpoint file missing"):
        weights.read_checkpoint(tmp_path / f"missing{suffix}")


def test_file_without_weights_is_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "x.pt")
    with pytest.raises(UnreadableWeights, match="contains no weights"):
        weights.read_checkpoint(tmp_path / "x.pt")


def test_mismatch_lists_missing_unexpected_and_reshaped_tensors() -> None:
    state = _network().state_dict()
    state["fc.weight"] = state.pop("3.weight")
    state["0.weight"] = torch.zeros(8, 1, 3, 3)
    with pytest.raises(UnreadableWeights) as refused:
        weights.load_weights(_network(), state)
    for text in ("1 missing: 3.weight", "1 unexpected: fc.weight", "0.weight (8×1×3×3 in the file, 4×1×3×3 in the"):
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
