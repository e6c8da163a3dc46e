"""Where the engine computes, and how exactly."""

import torch

from cnnpruner.engine.device import use_exact_float32


def test_float32_is_not_rounded_to_tf32() -> None:
    torch.backends.cudnn.allow_tf32 = True  # as torch begins
    use_exact_float32()
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
