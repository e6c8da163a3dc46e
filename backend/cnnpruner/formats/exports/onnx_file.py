"""Writes networks as ONNX, and runs them in ONNX Runtime to check them. The packages `onnx` and `onnxruntime` are
optional.
"""

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnnpruner.errors import ExportFailed
from cnnpruner.formats.exports.packages import require_packages

ONNX_OPSET = 17


def write_onnx(network: nn.Module, image_shape: tuple[int, int, int], path: Path) -> None:
    """Write an ONNX file with input `images` [N, C, H, W] and output `logits` [N, K], for any N. Raises Unavailable and
    ExportFailed.

    Uses torch's older exporter, which is based on TorchScript. The newer one takes 5 s instead of 0.3 s and needs an
    additional package.
    """
    require_packages()
    images = torch.rand(2, *image_shape)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns that another exporter is now the default
            torch.onnx.export(
                network,
                (images,),
                str(path),
                dynamo=False,
                opset_version=ONNX_OPSET,
                input_names=["images"],
                output_names=["logits"],
                dynamic_axes={"images": {0: "N"}, "logits": {0: "N"}},
            )
    except Exception as error:  # the exporter raises many kinds
        reason = str(error).partition("\n")[0][:200] or type(error).__name__
        raise ExportFailed(f"This network cannot be exported as ONNX ({reason}); choose safetensors.") from error


class OnnxNetwork:
    """Runs an ONNX file in ONNX Runtime, on the CPU, with as many threads as torch uses."""

    def __init__(self, path: Path) -> None:
        """Load the file. Raises Unavailable if ONNX Runtime is not installed, and ExportFailed if ONNX Runtime cannot
        load the file.
        """
        require_packages()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime has its own type of error for each cause
            raise ExportFailed(f"ONNX Runtime cannot load the file ({error}); choose another format.") from error
        self.runtime = f"ONNX Runtime {onnxruntime.__version__} on the CPU"

    def __call__(self, images: Tensor) -> Tensor:
        """Return the logits [N, K] of images [N, C, H, W]."""
        logits: Tensor = torch.from_numpy(self._session.run(None, {"images": images.numpy()})[0])
        return logits
