"""Raises the momentum of batch norm's running statistics, so that they follow a change of the network even if an epoch
has few steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

MAX_OLD_STATISTICS_SHARE = 0.01
"""After one epoch, at most this share of the running statistics may still come from before the epoch."""


@contextmanager
def raise_norm_momentum(network: nn.Module, steps_per_epoch: int) -> Iterator[None]:
    """Inside the `with` block, raise the momentum of each normalisation layer to at least 1 - 0.01^(1 /
    steps_per_epoch), so that at most 1% of its old running statistics remains after one epoch.

    With momentum m, a share of (1 - m)^n of the old statistics remains after n steps. With EfficientNet's momentum of
    0.01 and 52 steps, 59% would remain, so a cut network would be evaluated with statistics from before the cut. When
    the block ends, even by an exception, each layer gets its own momentum back. Layers with momentum None, which
    average cumulatively, are left unchanged.
    """
    min_momentum = 1 - MAX_OLD_STATISTICS_SHARE ** (1 / steps_per_epoch)
    norms = [module for module in network.modules() if isinstance(module, _NormBase)]
    changed_norms = [
        (norm, norm.momentum) for norm in norms if norm.momentum is not None and norm.momentum < min_momentum
    ]
    for norm, _ in changed_norms:
        norm.momentum = min_momentum
    try:
        yield
    finally:
        for norm, original_momentum in changed_norms:
            norm.momentum = original_momentum
