"""The thin ResNets of He et al. 2015, section 4.2, for 32×32 images: three stages of widths 16, 32 and 64."""

import torch
from torch import Tensor, nn
from torch.nn import functional

STAGE_WIDTHS = (16, 32, 64)


class ZeroPadShortcut(nn.Module):
    """Shortcut without weights (option A of the paper): takes every second pixel and adds channels filled with
    zeros.
    """

    def __init__(self, padding: int) -> None:
        super().__init__()
        self.padding = padding

    def forward(self, images: Tensor) -> Tensor:
        """Map an input [N, C, H, W] to [N, C + 2 · padding, ⌈H/2⌉, ⌈W/2⌉]."""
        return functional.pad(images[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))


class BasicBlock(nn.Module):
    """Residual block: two 3×3 convolutions with batch norm, and a shortcut."""

    def __init__(self, channels: int, width: int, stride: int, shortcut: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = _build_shortcut(channels, width, stride, shortcut)

    def forward(self, images: Tensor) -> Tensor:
        """Map an input [N, C, H, W] to [N, width, H / stride, W / stride]."""
        hidden_maps = functional.relu(self.bn1(self.conv1(images)))
        return functional.relu(self.bn2(self.conv2(hidden_maps)) + self.shortcut(images))


def _build_shortcut(channels: int, width: int, stride: int, option: str) -> nn.Module:
    if stride == 1 and channels == width:
        return nn.Sequential()
    if option == "A":
        return ZeroPadShortcut(width // 4)
    return nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))


class ThinResNet(nn.Module):
    """A ResNet with 6n + 2 layers, where n is the number of blocks per stage. Attributes are named as in widely used
    CIFAR-10 checkpoints (`conv1 bn1 layer1 … linear`).
    """

    def __init__(self, blocks: int, shortcut: str, classes: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, STAGE_WIDTHS[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(STAGE_WIDTHS[0])
        self.layer1 = _build_stage(STAGE_WIDTHS[0], STAGE_WIDTHS[0], blocks, shortcut)
        self.layer2 = _build_stage(STAGE_WIDTHS[0], STAGE_WIDTHS[1], blocks, shortcut)
        self.layer3 = _build_stage(STAGE_WIDTHS[1], STAGE_WIDTHS[2], blocks, shortcut)
        self.linear = nn.Linear(STAGE_WIDTHS[2], classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, images: Tensor) -> Tensor:
        """Map images [N, C, H, W] to logits [N, K]."""
        stem_features = functional.relu(self.bn1(self.conv1(images)))
        final_features = self.layer3(self.layer2(self.layer1(stem_features)))
        logits: Tensor = self.linear(torch.flatten(functional.adaptive_avg_pool2d(final_features, 1), 1))
        return logits


def _build_stage(channels: int, width: int, blocks: int, shortcut: str) -> nn.Sequential:
    stride = 1 if channels == width else 2
    first = BasicBlock(channels, width, stride, shortcut)
    return nn.Sequential(first, *(BasicBlock(width, width, 1, shortcut) for _ in range(blocks - 1)))
