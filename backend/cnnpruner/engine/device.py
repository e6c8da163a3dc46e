"""The device on which the engine computes."""

import platform
from pathlib import Path

import torch


def pick_device() -> torch.device:
    """Return the first CUDA device if there is one, else the CPU."""
    return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")


def disable_tf32() -> None:
    """Turn off TF32, CUDA's reduced-precision format, in this process.

    By default, CUDA rounds the inputs of convolutions to TF32, which has a 10-bit mantissa (NVIDIA A100 whitepaper,
    2020). With TF32, scores would depend on the device, and a cut network's outputs would differ by more than 1e-4 from
    those of the original with the removed channels zeroed.
    """
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def device_name(device: torch.device) -> str:
    """Return the vendor's name for the device, for example “NVIDIA H200” or “Intel(R) Xeon(R) Processor”."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpu_name() or device.type


def is_bfloat16_faster(device: torch.device) -> bool:
    """Whether convolutions are faster in bfloat16 than in float32: on CUDA with tensor cores, or on a CPU with AMX
    tiles.

    Without AMX, a CPU emulates bfloat16 or computes it at half the rate, and loses time on the casts.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return "amx_bf16" in _cpu_description()


def _cpu_name() -> str:
    for line in _cpu_description().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _cpu_description() -> str:
    """Return Linux's description of the first processor; an empty text on other systems."""
    cpuinfo_file = Path("/proc/cpuinfo")
    return cpuinfo_file.read_text().partition("\n\n")[0] if cpuinfo_file.exists() else ""
