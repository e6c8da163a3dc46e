"""The training loop over epochs. Training can be stopped after any epoch and resumed later."""

import copy
import math
import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.data.images.images import maybe_move_to_gpu
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.device import is_bfloat16_faster
from cnnpruner.engine.inspection.trial import get_logits
from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.training.batches import EpochBatches, TrainData, seeded_generator
from cnnpruner.engine.training.norm_momentum import raise_norm_momentum
from cnnpruner.engine.training.recalibration import has_batch_norm
from cnnpruner.engine.training.schedules import learning_rate
from cnnpruner.engine.training.teacher import Teacher, distillation_loss
from cnnpruner.engine.training.threads import limit_threads
from cnnpruner.engine.training.weight_average import WeightAverage
from cnnpruner.errors import InvalidInput, TrainingDiverged

STEPS_BETWEEN_LOSS_CHECKS = 50
"""Number of steps between two checks that the loss is finite. Checks are rare because each one makes the CPU wait for
the GPU.
"""

MAX_TIMED_STEPS, MAX_TIMED_STEP_S = 3, 5.0
"""At most this many steps are timed, and none after a step that took longer than this many seconds."""

IMAGE_SIZES_FOR_CONTIGUOUS_FORMAT = range(17, 64)
"""Image edges, in pixels, for which the contiguous memory format is faster than channels last on a CPU in float32."""


@dataclass(frozen=True)
class EpochStats:
    """Statistics of one training epoch."""

    train_loss: float
    """Mean cross-entropy over the epoch's images, computed during training."""
    learning_rate: float
    """Learning rate in the last step of the epoch."""


class Trainer:
    """Trains a copy of the given network with SGD.

    All random choices depend only on (seed, epoch, step). Therefore, on the CPU, a Trainer that loads the state saved
    after epoch e and continues with epoch e + 1 computes exactly the same numbers as a Trainer that was never stopped.
    """

    def __init__(
        self,
        network: nn.Module,
        data: TrainData,
        training: Training,
        seed: int,
        layer_macs: float = math.inf,
        teacher: nn.Module | None = None,
    ) -> None:
        """`layer_macs`: mean multiply-accumulates per layer for one image; if they are few, fewer threads are used.
        `teacher`: network whose predictions serve as additional targets.

        Raises InvalidInput for batches of one image if the network has batch norm.
        """
        device = data.device
        self.training, self.seed = training, seed
        self._bfloat16 = training.amp and is_bfloat16_faster(device)
        self._network = copy.deepcopy(network).to(device)
        self._macs = layer_macs * training.batch_size
        self._format = _memory_format(self._network, device, self._bfloat16, data.images.shape)
        self._network.to(memory_format=self._format)
        data = TrainData(maybe_move_to_gpu(data.images, device), data.indices, data.normalize, device)
        self._batches = EpochBatches(data, training, seed, self._format)
        self._optimizer = _optimizer(self._network, training, device)
        self._device = device
        self._average = None if training.ema is None else WeightAverage(self._network, training.ema)
        self._teacher = None if teacher is None else self._prepare_teacher(teacher)
        _refuse_single_image_batches(self._network, min(training.batch_size, self._batches.images_per_epoch))

    @property
    def network(self) -> nn.Module:
        """The network to evaluate and to store: the averaged one if the setting `ema` is used, otherwise the trained
        one.
        """
        return self._network if self._average is None else self._average.network

    @property
    def images_per_epoch(self) -> int:
        """Number of images per epoch."""
        return self._batches.images_per_epoch

    @property
    def uses_bfloat16(self) -> bool:
        """Whether training uses bfloat16 autocast."""
        return self._bfloat16

    @property
    def steps(self) -> int:
        """Number of steps per epoch."""
        return len(self._batches)

    def epoch(self, epoch: int, progress: Progress | None = None) -> EpochStats:
        """Run training epoch `epoch`, counted from 1. `progress` is called after every step.

        Raises TrainingDiverged if the loss is not finite.
        """
        self._network.train()
        cuda_devices = [self._device] if self._device.type == "cuda" else []
        # Dropout uses the global generator.
        with (
            torch.random.fork_rng(devices=cuda_devices),
            limit_threads(self._macs),
            raise_norm_momentum(self._network, self.steps),
        ):
            torch.manual_seed(seeded_generator(self.seed, epoch).initial_seed())
            total = self._train_steps(epoch, progress)
        mean = float(total) / self._batches.images_per_epoch
        self._require_finite_loss(mean, epoch)
        return EpochStats(mean, self._optimizer.param_groups[0]["lr"])

    def load_initial_weights(self, network: nn.Module) -> None:
        """Load the weights of a network with the same structure, before the first epoch."""
        self._network.load_state_dict(network.state_dict())
        if self._average is not None:
            self._average.network.load_state_dict(network.state_dict())

    def measure_step_time(self) -> float:
        """Train for up to three steps, and return the duration of the fastest step, in seconds per image. A step that
        takes more than 5 s is the last one. Do not use the network afterwards.
        """
        self._network.train()
        durations: list[float] = []
        with torch.random.fork_rng(devices=[self._device] if self._device.type == "cuda" else []):
            for images, labels, positions in self._batches.epoch(1):
                started_at = time.monotonic()
                with limit_threads(self._macs):
                    self._require_finite_loss(float(self._train_step(images, labels, positions)), 1)
                durations.append((time.monotonic() - started_at) / len(images))
                if len(durations) == MAX_TIMED_STEPS or time.monotonic() - started_at > MAX_TIMED_STEP_S:
                    break
        return min(durations)

    def state(self) -> dict[str, Any]:
        """Return copies of the weights, the averaged weights (if any) and the optimizer's momentum. A file with these
        values can be read by `torch.load(weights_only=True)`.
        """
        average = {} if self._average is None else {"average": self._average.state()}
        return {
            **average,
            "network": {name: value.detach().clone() for name, value in self._network.state_dict().items()},
            "optimizer": copy.deepcopy(self._optimizer.state_dict()),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Resume from `state`, which was saved after an epoch. Training then continues with the next epoch."""
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
        if self._average is not None:
            self._average.load_state(state["average"])

    def _prepare_teacher(self, network: nn.Module) -> Teacher:
        """Return the teacher. If the images are not augmented and fit into memory, and training runs over at least as
        many images as the split has, the teacher's logits are computed in advance.
        """
        teacher = Teacher(network, self._device, self._format)
        images = self._batches.normalized_images
        if images is not None and self.training.epochs * self.images_per_epoch >= len(images):
            with limit_threads(self._macs):
                teacher.cache_logits(images)
        return teacher

    def _train_steps(self, epoch: int, progress: Progress | None) -> Tensor:
        total = torch.zeros((), device=self._device)
        for step, (images, labels, positions) in enumerate(self._batches.epoch(epoch)):
            finished_steps = (epoch - 1) * self.steps + step
            self._set_learning_rate(finished_steps)
            total += self._train_step(images, labels, positions) * len(labels)
            if self._average is not None:
                self._average.update(self._network, finished_steps)
            if (step + 1) % STEPS_BETWEEN_LOSS_CHECKS == 0:
                self._require_finite_loss(float(total), epoch)
            if progress is not None:
                progress((step + 1) / self.steps, f"training, epoch {epoch}")
        return total

    def _train_step(self, images: Tensor, labels: Tensor, positions: Tensor) -> Tensor:
        """Train on one batch. Return the batch's mean cross-entropy, which includes neither label smoothing nor
        distillation loss.
        """
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16):
            logits = get_logits(self._network(images)).float()
        cross_entropy = functional.cross_entropy(logits, labels)
        self._training_loss(cross_entropy, logits, labels, self._compute_teacher_logits(images, positions)).backward()  # type: ignore[no-untyped-call]
        if self.training.gradient_clip is not None:
            nn.utils.clip_grad_norm_(self._network.parameters(), self.training.gradient_clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return cross_entropy.detach()

    def _compute_teacher_logits(self, images: Tensor, positions: Tensor) -> Tensor | None:
        if self._teacher is None:
            return None
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16):
            return self._teacher.logits(images, positions)

    def _training_loss(
        self, cross_entropy: Tensor, logits: Tensor, labels: Tensor, teacher_logits: Tensor | None
    ) -> Tensor:
        """Return (1 - a) · cross-entropy with label smoothing + a · distillation loss, where a is the teacher's weight,
        or 0 if there is no teacher.
        """
        training, loss = self.training, cross_entropy
        if training.label_smoothing > 0:
            loss = functional.cross_entropy(logits, labels, label_smoothing=training.label_smoothing)
        if teacher_logits is None:
            return loss
        distillation = distillation_loss(logits, teacher_logits, training.temperature)
        return (1 - training.teacher_weight) * loss + training.teacher_weight * distillation

    def _set_learning_rate(self, step: int) -> None:
        rate = learning_rate(self.training, step, self.training.epochs * self.steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate

    def _require_finite_loss(self, loss: float, epoch: int) -> None:
        if not math.isfinite(loss):
            raise TrainingDiverged(
                f"Training diverged in epoch {epoch}: the loss is no longer finite. Lower the learning rate "
                f"(it was {self.training.learning_rate:g}).",
                epoch=epoch,
            )


def _optimizer(network: nn.Module, training: Training, device: torch.device) -> torch.optim.SGD:
    """Return SGD with Nesterov momentum. Biases and norms get no weight decay: their values need not be small."""
    trained_parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = [
        {
            "params": [parameter for parameter in trained_parameters if parameter.ndim > 1],
            "weight_decay": training.weight_decay,
        },
        {"params": [parameter for parameter in trained_parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.SGD(
        [group for group in groups if group["params"]],
        lr=training.learning_rate,
        momentum=training.momentum,
        nesterov=training.momentum > 0,
        fused=device.type in {"cpu", "cuda"},
    )


def _memory_format(
    network: nn.Module, device: torch.device, uses_bfloat16: bool, shape: tuple[int, int, int]
) -> torch.memory_format:
    """Return the memory format in which training is faster.

    On CPUs in float32, channels last is 10% faster for 8×8 images, but 13% slower for 32×32. For 64×64 and more, some
    networks gain much (EfficientNet-Lite0 49%, MobileNetV2 44%, ResNet-50 29%, each at 128×128), and others lose
    little (ResNet-18 3%, ConvNeXt 5%).
    """
    if device.type == "cpu" and not uses_bfloat16 and shape[-1] in IMAGE_SIZES_FOR_CONTIGUOUS_FORMAT:
        return torch.contiguous_format
    return torch.channels_last if _supports_channels_last(network, device, shape) else torch.contiguous_format


def _supports_channels_last(network: nn.Module, device: torch.device, shape: tuple[int, int, int]) -> bool:
    """Whether the network can run in channels-last format. Networks that flatten with `view`, or have 3-D convolutions,
    cannot.
    """
    images = torch.zeros((2, *shape), device=device).contiguous(memory_format=torch.channels_last)
    try:
        network.to(memory_format=torch.channels_last)
        with evaluation_mode(network), torch.no_grad():
            network(images)
    except RuntimeError:
        return False
    return True


def _refuse_single_image_batches(network: nn.Module, batch_size: int) -> None:
    if batch_size < 2 and has_batch_norm(network):
        raise InvalidInput(
            "Batch norm cannot be trained with one image per batch; set `batch_size`, and `images` if it is used, to 2 "
            "or more."
        )
