"""Arguments that several commands take."""

import argparse

from cnnpruner import config


def add_server(parser: argparse.ArgumentParser) -> None:
    """Which server is asked."""
    parser.add_argument("--server", default=config.server_url(), help="address of the server (default %(default)s)")


def add_framing(parser: argparse.ArgumentParser) -> None:
    """How pictures of any size are brought to one."""
    crop = "crop: shorter edge resized, centre cut out; stretch: both edges resized (default %(default)s)"
    parser.add_argument("--resize", choices=("crop", "stretch"), default="crop", help=crop)
    share = "share of the resized edge that is kept: 0.875 resizes to 256 for 224 (default %(default)s)"
    parser.add_argument("--crop-share", type=float, default=1.0, help=share)
