"""`cnnpruner inspect`: build networks in this process, without a server, inspect them and print reports."""

import argparse
import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnpruner.domain.sources.inspections import NetworkReport, WeightSet
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.inspection.tables import layer_table, networks_markdown
from cnnpruner.errors import CNNPrunerError, InvalidInput
from cnnpruner.planning.networks.catalogue import (
    TIMM_PREFIX,
    TORCHVISION_PREFIX,
    add_pretrained_options,
    find_network,
)
from cnnpruner.planning.networks.factories import Factory, parse_factory

HELP = "report what can be pruned in a network; needs no server"

EXAMPLE_TORCHVISION_NETWORKS = (
    "alexnet", "vgg11_bn", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121", "googlenet",
    "inception_v3", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "mnasnet1_0", "shufflenet_v2_x1_0",
    "regnet_y_400mf", "squeezenet1_1", "convnext_tiny",
)  # fmt: skip
"""One classifier of each convolutional architecture in torchvision, and several ResNets."""

EXAMPLE_TIMM_NETWORKS = (
    "resnet10t", "resnet26d", "resnetv2_50", "seresnet18", "skresnet18", "ecaresnet26t", "resnest14d",
    "res2net50_26w_4s", "resnetaa34d", "resnetblur18", "gcresnext26ts", "lambda_resnet26t", "botnet26t_256",
    "mobilenetv1_100", "mobilenetv3_small_100", "mobilenetv4_conv_small", "mobileone_s0", "efficientnet_lite0",
    "tf_efficientnetv2_b0", "tf_efficientnet_cc_b0_4e", "tf_mixnet_s", "fbnetc_100", "mnasnet_small", "ghostnet_100",
    "ghostnetv2_100", "lcnet_050", "tinynet_e", "repvgg_a0", "repghostnet_050", "regnetz_005", "regnetx_002", "dla46_c",
    "vovnet39a", "ese_vovnet19b_dw", "cspresnet50", "darknet17", "hgnetv2_b0", "hrnet_w18_small", "selecsls42b",
    "rexnet_100", "nf_resnet26", "eca_nfnet_l0", "convnext_atto", "convnextv2_atto", "edgenext_xx_small",
    "poolformer_s12", "mobilevit_xxs", "mobilevitv2_050", "fastvit_t8", "inception_next_tiny", "starnet_s1",
    "repvit_m0_9", "efficientformer_l1", "efficientvit_b0", "efficientvit_m0", "swin_tiny_patch4_window7_224",
    "coatnet_nano_rw_224",
)  # fmt: skip
"""Networks of different architectures from timm. Some have layer, group or RMS norms, attention, or standardized
weights.
"""

ALL_EXAMPLE_NETWORKS = (*EXAMPLE_TORCHVISION_NETWORKS, *(f"{TIMM_PREFIX}{name}" for name in EXAMPLE_TIMM_NETWORKS))

DEFAULT_SIZE_BY_NETWORK = {"inception_v3": 299}
DEFAULT_IMAGE_SIZE, SMALL_IMAGE_SIZE = 224, 32


@dataclass(frozen=True)
class InspectionOptions:
    """Command-line options that apply to all inspected networks. If an option is None, each network uses its own
    default.
    """

    image_size: int | None
    channels: int | None
    classes: int | None
    options: dict[str, str]
    weights: Path | None
    weights_key: str | None
    pretrained: bool
    image: Path | None
    seed: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the networks, and the images to run them on."""
    parser.add_argument(
        "network",
        nargs="*",
        help="network to inspect, for example resnet18, timm:resnet10t, package.module:function or file.py:function",
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="option or argument to pass to the network"
    )
    parser.add_argument(
        "--image-size", type=int, help="side length of the images in pixels (default: the usual size for the network)"
    )
    parser.add_argument("--channels", type=int, help="number of channels of the images (default 3)")
    parser.add_argument(
        "--classes", type=int, help=("number of classes (default: 1000, or the number that the factory sets)")
    )
    parser.add_argument("--image", type=Path, help="image to run the network on (default: noise)")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--weights", type=Path, help="checkpoint file with weights for the network")
    weights.add_argument("--pretrained", action="store_true", help="use the weights published by torchvision or timm")
    parser.add_argument(
        "--weights-key",
        metavar="KEY",
        help="key of the weights in the checkpoint (default: the averaged weights, if there are any)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help=("random seed for the initial weights, the noise image and the random pruning (default 0)"),
    )
    parser.add_argument("--all", action="store_true", help="inspect example classifiers from torchvision and timm")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the reports as a Markdown table")


def run(args: argparse.Namespace) -> int:
    """Prints a report on each network and, with `--markdown`, writes a table of all reports. Returns 1 if a network
    cannot be inspected or fails its pruning check.
    """
    options = InspectionOptions(
        args.image_size,
        args.channels,
        args.classes,
        _parse_options(args.option),
        args.weights,
        args.weights_key,
        args.pretrained,
        args.image,
        args.seed,
    )
    names = [*args.network, *(ALL_EXAMPLE_NETWORKS if args.all else ())]
    if not names:
        raise InvalidInput("Give a network (resnet18, timm:resnet10t or package.module:function) or --all.")
    results = {name: _print_report(name, options) for name in names}
    reports = [report for report in results.values() if isinstance(report, NetworkReport)]
    if args.markdown is not None:
        errors = {name: error for name, error in results.items() if isinstance(error, str)}
        args.markdown.write_text(networks_markdown(reports, errors, _format_command(args)))
        sys.stdout.write(f"{args.markdown}: {len(reports)} networks\n")
    return 0 if len(reports) == len(names) and all(_has_passed_check(report) for report in reports) else 1


def _format_command(args: argparse.Namespace) -> str:
    return " ".join(
        ["cnnpruner inspect", *args.network, *(["--all"] if args.all else []), "--markdown docs/networks.md"]
    )


def _has_passed_check(report: NetworkReport) -> bool:
    return report.proof.result in {"equal", "none"}


def _print_report(name: str, options: InspectionOptions) -> NetworkReport | str:
    try:
        report = inspect(name, options, _show_progress)
    except CNNPrunerError as error:
        sys.stderr.write(f"{_clear_line()}cnnpruner: {error.message}\n")
        return error.message
    sys.stderr.write(_clear_line())
    *sentences, check_sentence = [
        f"warning: {sentence}" if sentence in report.warnings else sentence for sentence in report.sentences
    ]
    sys.stdout.write("\n".join([*sentences, "", layer_table(report), "", check_sentence, ""]) + "\n")
    return report


def inspect(name: str, options: InspectionOptions, progress: Callable[[float, str], None]) -> NetworkReport:
    """Builds and inspects one network, and returns the report. Raises UnusableNetwork, UnreadableWeights or
    InvalidInput.
    """
    import torch

    from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network

    progress(0.0, "building the network")
    is_factory = ":" in name and not name.startswith((TIMM_PREFIX, TORCHVISION_PREFIX))
    network, size, channels, classes = (
        _build_from_factory(name, options) if is_factory else _build_by_name(name, options, progress)
    )
    weight_sets, notes = _load_checkpoint(network, options)
    if options.image is not None:
        images = _read_image(options.image, size, channels)
    else:
        images = torch.randn((2, channels, size, size), generator=torch.Generator().manual_seed(options.seed))
    inspection_subject = InspectionSubject(name, network, classes, notes, weights=weight_sets)
    return inspect_network(inspection_subject, images, options.seed, progress)


def _load_checkpoint(network: Any, options: InspectionOptions) -> tuple[tuple[WeightSet, ...], tuple[str, ...]]:
    """Loads the checkpoint, if one was given, into the network. Returns the sets of weights in the checkpoint (for
    example plain and averaged), and notes that say which set was used.
    """
    from cnnpruner.engine.checkpoints.weight_sets import load_checkpoint

    if options.weights is None:
        return (), ()
    loaded_checkpoint = load_checkpoint(network, options.weights, options.weights_key)
    return loaded_checkpoint.weight_sets, loaded_checkpoint.notices


def _build_by_name(
    name: str, options: InspectionOptions, progress: Callable[[float, str], None]
) -> tuple[Any, int, int, int | None]:
    from cnnpruner.engine.networks.build import build_network
    from cnnpruner.engine.networks.pretrained import load_pretrained_state
    from cnnpruner.engine.weights import load_weights

    source = NetworkSource(name=name, options=options.options)
    entry = find_network(source)
    default_size = SMALL_IMAGE_SIZE if entry.family == "ours" else DEFAULT_SIZE_BY_NETWORK.get(name, DEFAULT_IMAGE_SIZE)
    size = options.image_size or entry.round_up_image_size(default_size)
    channels = options.channels or entry.channels or 3
    classes = options.classes or (10 if entry.family == "ours" else 1000)
    source = add_pretrained_options(source) if options.pretrained else source
    network = build_network(source, classes, channels, size, options.seed)
    if options.pretrained:
        load_weights(network, load_pretrained_state(source, channels, progress))
    return network, size, channels, classes


def _build_from_factory(text: str, options: InspectionOptions) -> tuple[Any, int, int, int | None]:
    from cnnpruner.engine.networks.build import build_from_factory

    if options.pretrained:
        raise InvalidInput(
            "--pretrained only works for networks of torchvision and timm; "
            "load the weights of your own network in its factory."
        )
    factory = bind_factory_arguments(parse_factory(text), options.options)
    size, channels = options.image_size or DEFAULT_IMAGE_SIZE, options.channels or 3
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` would
    network = build_from_factory(factory, options.classes, options.channels, size, options.seed)
    return network, size, channels, options.classes


def bind_factory_arguments(factory: Factory, option_strings: dict[str, str]) -> Factory:
    """Returns the factory with the arguments in `option_strings` added. Their values are read as Python literals if
    possible, otherwise as strings.
    """
    return Factory(
        factory.module,
        factory.function,
        {**factory.arguments, **{n: _parse_value(t) for n, t in option_strings.items()}},
    )


def _parse_value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def _parse_options(option_strings: list[str]) -> dict[str, str]:
    malformed_options = [text for text in option_strings if "=" not in text]
    if malformed_options:
        raise InvalidInput(f"--option {malformed_options[0]!r} must have the form NAME=VALUE.")
    return dict(text.split("=", 1) for text in option_strings)


def _read_image(path: Path, size: int, channels: int) -> Any:
    """Reads an image file as a tensor [1, C, `size`, `size`], with pixel values 0-1 normalised by a mean of 0.5 and a
    std of 0.25.
    """
    import numpy as np
    import torch
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            resized_image = image.convert("L" if channels == 1 else "RGB").resize((size, size))
    except (OSError, UnidentifiedImageError) as error:
        raise InvalidInput(f"{path} cannot be read as an image ({error}); use a JPEG or PNG file.") from error
    pixels = torch.from_numpy(np.asarray(resized_image, dtype=np.float32).reshape(size, size, -1)).permute(2, 0, 1)
    return ((pixels / 255 - 0.5) / 0.25)[None]


def _clear_line() -> str:
    return "\r\033[K" if sys.stderr.isatty() else ""


def _show_progress(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{_clear_line()}{fraction:4.0%} {message}")
        sys.stderr.flush()
