"""Arguments shared by several subcommands."""

import argparse

from cnnpruner import config


def add_server_argument(parser: argparse.ArgumentParser) -> None:
    """Adds the argument `--server` for the address of the server."""
    parser.add_argument("--server", default=config.server_url(), help="address of the server (default %(default)s)")


def add_resize_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments for resizing all images to squares of the same size."""
    text = "crop: resize the shorter edge and crop the center; stretch: resize both edges (default %(default)s)"
    parser.add_argument("--resize", choices=("crop", "stretch"), default="crop", help=text)
    text = "share of the resized edges that the crop keeps: 0.875 crops 256 pixels to 224 (default %(default)s)"
    parser.add_argument("--crop-share", type=float, default=1.0, help=text)


def add_image_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments for reading classes and pixel values from an image folder."""
    text = "if folders are nested: treat the outer (upper) or the inner (lower) folders as classes"
    parser.add_argument("--class-level", choices=("upper", "lower"), help=text)
    text = "pixel values that become black (LOW) and white (HIGH) in all images (default: determined from the data set)"
    parser.add_argument("--value-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help=text)
