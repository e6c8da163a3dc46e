"""`cnnpruner inspect`: builds networks in this process, looks at them, prints what it found."""

import argparse
import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.inspection.tables import layer_table, markdown
from cnnpruner.errors import CNNPrunerError, InvalidInput
from cnnpruner.planning.networks.catalogue import TIMM_PREFIX, TORCHVISION_PREFIX, adapt_to_pretrained, find_network
from cnnpruner.planning.networks.factories import Factory, parse_factory

HELP = "what can be cut in a network, with the proof; needs no server"

FAMILIES = (
    "alexnet", "vgg11_bn", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121", "googlenet",
    "inception_v3", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "mnasnet1_0", "shufflenet_v2_x1_0",
    "regnet_y_400mf", "squeezenet1_1", "convnext_tiny",
)  # fmt: skip
"""One of every family of convolutional classifiers that torchvision has, ResNet's relatives too."""

USUAL_SIZES = {"inception_v3": 299}
USUAL_SIZE, SMALL_SIZE = 224, 32


@dataclass(frozen=True)
class InspectionOptions:
    """What the command line says of each network; None: what is usual for it."""

    image_size: int | None
    channels: int | None
    classes: int | None
    options: dict[str, str]
    weights: Path | None
    pretrained: bool
    picture: Path | None
    seed: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which networks, on which images."""
    parser.add_argument(
        "network", nargs="*", help="resnet18, timm:resnet10t, package.module:function, file.py:function"
    )
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option or argument of it")
    parser.add_argument("--image-size", type=int, help="edge in pixels (default: what is usual for the network)")
    parser.add_argument("--channels", type=int, help="of the images (default 3)")
    parser.add_argument("--classes", type=int, help="that it tells apart (default 1000; a factory's own)")
    parser.add_argument("--image", type=Path, help="a picture to run it on; without one, noise")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--weights", type=Path, help="checkpoint file")
    weights.add_argument("--pretrained", action="store_true", help="weights that torchvision or timm publish")
    parser.add_argument("--seed", type=int, default=0, help="of fresh weights, of noise and of the random cut")
    parser.add_argument("--all", action="store_true", help="one classifier of each family of torchvision")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table of all of them, too")


def run(choice: argparse.Namespace) -> int:
    """Print a report of each network, and write the table where one is wanted; 1 where a network failed."""
    options = InspectionOptions(
        choice.image_size,
        choice.channels,
        choice.classes,
        _pairs(choice.option),
        choice.weights,
        choice.pretrained,
        choice.image,
        choice.seed,
    )
    names = [*choice.network, *(FAMILIES if choice.all else ())]
    if not names:
        raise InvalidInput("Name a network: resnet18, timm:resnet10t or package.module:function; or give --all.")
    found = {name: _try(name, options) for name in names}
    reports = [report for report in found.values() if isinstance(report, NetworkReport)]
    if choice.markdown is not None:
        faults = {name: fault for name, fault in found.items() if isinstance(fault, str)}
        choice.markdown.write_text(markdown(reports, faults, _command(choice)))
        sys.stdout.write(f"{choice.markdown}: {len(reports)} networks\n")
    return 0 if len(reports) == len(names) and all(_is_fine(report) for report in reports) else 1


def _command(choice: argparse.Namespace) -> str:
    return " ".join(
        ["cnnpruner inspect", *choice.network, *(["--all"] if choice.all else []), "--markdown docs/networks.md"]
    )


def _is_fine(report: NetworkReport) -> bool:
    return report.proof.equal or report.proof.normalises_channels or report.proof.difference is None


def _try(name: str, options: InspectionOptions) -> NetworkReport | str:
    try:
        report = look(name, options, _show)
    except CNNPrunerError as error:
        sys.stderr.write(f"{_clear()}cnnpruner: {error.message}\n")
        return error.message
    sys.stderr.write(_clear())
    *words, proof = report.sentences
    sys.stdout.write("\n".join([*words, "", layer_table(report), "", proof, ""]) + "\n")
    return report


def look(name: str, options: InspectionOptions, tell: Callable[[float, str], None]) -> NetworkReport:
    """The report of one network. Raises UnusableNetwork, UnreadableWeights, InvalidInput."""
    import torch

    from cnnpruner.engine.inspection.inspection import Subject, inspect_network

    tell(0.0, "building the network")
    is_foreign = ":" in name and not name.startswith((TIMM_PREFIX, TORCHVISION_PREFIX))
    network, size, channels, classes = (
        _build_foreign(name, options) if is_foreign else _build_named(name, options, tell)
    )
    if options.picture is not None:
        images = _read_picture(options.picture, size, channels)
    else:
        images = torch.randn((2, channels, size, size), generator=torch.Generator().manual_seed(options.seed))
    return inspect_network(Subject(name, network, classes), images, options.seed, tell)


def _build_named(
    name: str, options: InspectionOptions, tell: Callable[[float, str], None]
) -> tuple[Any, int, int, int | None]:
    from cnnpruner.engine.networks.build import build_network
    from cnnpruner.engine.networks.pretrained import pretrained_state
    from cnnpruner.engine.weights import load_weights, read_checkpoint

    source = NetworkSource(name=name, options=options.options)
    entry = find_network(source)
    usual = SMALL_SIZE if entry.family == "ours" else USUAL_SIZES.get(name, USUAL_SIZE)
    size = options.image_size or entry.round_up_size(usual)
    channels = options.channels or entry.channels or 3
    classes = options.classes or (10 if entry.family == "ours" else 1000)
    source = adapt_to_pretrained(source) if options.pretrained else source
    network = build_network(source, classes, channels, size, options.seed)
    if options.pretrained:
        load_weights(network, pretrained_state(source, channels, tell))
    elif options.weights is not None:
        load_weights(network, read_checkpoint(options.weights))
    return network, size, channels, classes


def _build_foreign(text: str, options: InspectionOptions) -> tuple[Any, int, int, int | None]:
    from cnnpruner.engine.networks.build import build_from_factory
    from cnnpruner.engine.weights import load_weights, read_checkpoint

    if options.pretrained:
        raise InvalidInput("--pretrained is for torchvision's and timm's networks; a factory loads its own weights.")
    factory = with_arguments(parse_factory(text), options.options)
    size, channels = options.image_size or USUAL_SIZE, options.channels or 3
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` would
    network = build_from_factory(factory, options.classes, options.channels, size, options.seed)
    if options.weights is not None:
        load_weights(network, read_checkpoint(options.weights))
    return network, size, channels, options.classes


def with_arguments(factory: Factory, texts: dict[str, str]) -> Factory:
    """The same called with these, too: numbers, true values and lists as Python writes them, else words."""
    return Factory(factory.module, factory.function, {**factory.arguments, **{n: _value(t) for n, t in texts.items()}})


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def _pairs(texts: list[str]) -> dict[str, str]:
    broken = [text for text in texts if "=" not in text]
    if broken:
        raise InvalidInput(f"--option {broken[0]} is not NAME=VALUE.")
    return dict(text.split("=", 1) for text in texts)


def _read_picture(path: Path, size: int, channels: int) -> Any:
    """[1, C, H, W], pixels 0-1 less 0.5 over 0.25."""
    import numpy as np
    import torch
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            small = picture.convert("L" if channels == 1 else "RGB").resize((size, size))
    except (OSError, UnidentifiedImageError) as error:
        raise InvalidInput(f"{path} cannot be read as a picture ({error}); give a JPEG or PNG.") from error
    pixels = torch.from_numpy(np.asarray(small, dtype=np.float32).reshape(size, size, -1)).permute(2, 0, 1)
    return ((pixels / 255 - 0.5) / 0.25)[None]


def _clear() -> str:
    return "\r\033[K" if sys.stderr.isatty() else ""


def _show(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{_clear()}{fraction:4.0%} {message}")
        sys.stderr.flush()
