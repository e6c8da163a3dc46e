"""The precision of computations on a device."""

import torch

from cnnpruner.engine.device import disable_tf32


def test_float32_is_not_rounded_to_tf32() -> None:
    torch.backends.cudnn.allow_tf32 = True  # torch's default
    disable_tf32()
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
