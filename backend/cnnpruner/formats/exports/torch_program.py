"""Exports networks as `torch.export` programs: graphs that run without the network's Python code."""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from cnnpruner.errors import ExportFailed


def write_program(network: nn.Module, image_shape: tuple[int, int, int], path: Path) -> None:
    """Write a .pt2 file with a network that takes images [N, C, H, W] for any N. Raises ExportFailed."""
    images = torch.rand(2, *image_shape)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.export.export(network, (images,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))
            torch.export.save(program, path)
    except Exception as error:  # the exporter raises many kinds
        reason = str(error).partition("\n")[0][:200] or type(error).__name__
        raise ExportFailed(f"torch.export cannot export this network ({reason}); choose safetensors.") from error


class TorchProgram:
    """Runs the network of a .pt2 file."""

    def __init__(self, path: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._module = torch.export.load(path).module()
        self.runtime = f"the function torch.export.load (torch {torch.__version__})"

    def __call__(self, images: Tensor) -> Tensor:
        """Return the logits [N, K] of images [N, C, H, W]."""
        logits: Tensor = self._module(images)
        return logits
