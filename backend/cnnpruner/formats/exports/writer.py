"""Writes the files of an export, and compares the exported network with the original before people can download it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sharing.exports import ExportCheck, ExportFormat, NetworkRecord
from cnnpruner.engine.weights import write_weights
from cnnpruner.formats.exports.archive import EXAMPLE_FILE, README_FILE, RECORD_FILE, WEIGHTS_FILE
from cnnpruner.formats.exports.comparison import ForwardPass, compare
from cnnpruner.formats.exports.loader import NetworkBuilder, build_registered_network, load
from cnnpruner.formats.exports.onnx_file import OnnxNetwork, write_onnx
from cnnpruner.formats.exports.readme import format_readme
from cnnpruner.formats.exports.torch_program import TorchProgram, write_program

EXAMPLE_IMAGE_COUNT = 2


@dataclass(frozen=True)
class NetworkToExport:
    """A network to be exported: a copy on the CPU in evaluation mode, its record, and real images to check it with."""

    network: nn.Module
    record: NetworkRecord
    images: Tensor
    """Normalised images, [N, C, H, W]."""
    build: NetworkBuilder = build_registered_network
    """Function that builds the unpruned network that the record describes."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of an image."""
        _, channels, height, width = self.images.shape
        return channels, height, width


def write_files(
    kind: ExportFormat, network_to_export: NetworkToExport, folder: Path, progress: Progress
) -> NetworkRecord:
    """Write all files of an export into the empty `folder`, and check the exported network. Return the network's
    record, with the result of the check.

    Raises Unavailable (if a package is missing), ExportFailed and StorageFailed.
    """
    write, read = _WRITER_AND_READER_BY_FORMAT[kind]
    record = write(network_to_export, folder)
    runtime, forward = read(network_to_export, folder)
    check: ExportCheck = compare(network_to_export.network, forward, network_to_export.images, runtime, progress)
    checked_record = record.model_copy(update={"check": check})
    _write_record(checked_record, folder)
    (folder / README_FILE).write_text(format_readme(kind, checked_record), "utf-8")
    save_file(_make_example_tensors(network_to_export), folder / EXAMPLE_FILE)
    return checked_record


def _write_safetensors(network_to_export: NetworkToExport, folder: Path) -> NetworkRecord:
    write_weights(network_to_export.network, folder / WEIGHTS_FILE)
    weights_sha256 = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    record = network_to_export.record.model_copy(update={"weights_sha256": weights_sha256})
    _write_record(record, folder)  # the check rebuilds the network from the record
    return record


def _read_safetensors(network_to_export: NetworkToExport, folder: Path) -> tuple[str, ForwardPass]:
    return f"the function cnnpruner.load (torch {torch.__version__})", load(folder, network_to_export.build)


def _write_onnx(network_to_export: NetworkToExport, folder: Path) -> NetworkRecord:
    write_onnx(network_to_export.network, network_to_export.image_shape, folder / "network.onnx")
    return network_to_export.record


def _read_onnx(_: NetworkToExport, folder: Path) -> tuple[str, ForwardPass]:
    network = OnnxNetwork(folder / "network.onnx")
    return network.runtime, network


def _write_program(network_to_export: NetworkToExport, folder: Path) -> NetworkRecord:
    write_program(network_to_export.network, network_to_export.image_shape, folder / "network.pt2")
    return network_to_export.record


def _read_program(_: NetworkToExport, folder: Path) -> tuple[str, ForwardPass]:
    program = TorchProgram(folder / "network.pt2")
    return program.runtime, program


FormatWriter = Callable[[NetworkToExport, Path], NetworkRecord]
FormatReader = Callable[[NetworkToExport, Path], tuple[str, ForwardPass]]
_WRITER_AND_READER_BY_FORMAT: dict[ExportFormat, tuple[FormatWriter, FormatReader]] = {
    "safetensors": (_write_safetensors, _read_safetensors),
    "onnx": (_write_onnx, _read_onnx),
    "torch_export": (_write_program, _read_program),
}


def _write_record(record: NetworkRecord, folder: Path) -> None:
    (folder / RECORD_FILE).write_text(record.model_dump_json(indent=1) + "\n", "utf-8")


def _make_example_tensors(network_to_export: NetworkToExport) -> dict[str, Tensor]:
    """Return noise images and the network's logits for them. The data set's own images are not exported, because
    sharing them may be forbidden.
    """
    generator = torch.Generator().manual_seed(network_to_export.record.seed)
    images = torch.randn(EXAMPLE_IMAGE_COUNT, *network_to_export.image_shape, generator=generator)
    with torch.inference_mode():
        return {"images": images, "logits": network_to_export.network(images).clone()}
