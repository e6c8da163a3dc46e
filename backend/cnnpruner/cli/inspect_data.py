"""`cnnpruner inspect-data`: looks at a data set in this process and prints what it found."""

import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from cnnpruner.cli.arguments import add_framing
from cnnpruner.config import max_bytes_in_memory
from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.errors import InvalidInput

HELP = "what is in a data set, and what is wrong with it"

OWN = "own"
"""What the data factory of the command line is called."""
MOST_CLASSES = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which data, as an experiment would name it."""
    parser.add_argument("path", nargs="?", type=Path, help="image folder: train/<class>/*.jpg, and val/ where it is")
    parser.add_argument("--data-factory", help="in place of a folder: package.module:function or file.py:function()")
    parser.add_argument("--unseen", type=Path, help="folder <class>/*.jpg of pictures that the weights have not seen")
    add_framing(parser)
    parser.add_argument("--image-size", type=int, help="edge in pixels (default: as the pictures have it, at most 224)")
    parser.add_argument("--mean", type=float, nargs="+", help="per channel, pixels 0-1 (default: found)")
    parser.add_argument("--std", type=float, nargs="+", help="per channel, pixels 0-1 (default: found)")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")


def run(choice: argparse.Namespace) -> int:
    """Print the report; 1 where there are errors that keep an experiment from being made."""
    if (choice.path is None) == (choice.data_factory is None):
        raise InvalidInput("Name an image folder, or give --data-factory package.module:function.")
    if choice.data_factory is not None:
        register_datasets([f"{OWN}={choice.data_factory}"])
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` would
    from cnnpruner.data.reports.report import DataPaths, report_data

    folder = None if choice.path is None else choice.path.expanduser().resolve()
    unseen = None if choice.unseen is None else choice.unseen.expanduser().resolve()
    report = report_data(_asked(choice), DataPaths(folder, unseen), max_bytes_in_memory(), _show)
    sys.stderr.write(_clear())
    sys.stdout.write(report.model_dump_json(indent=2) + "\n" if choice.json else _text(report))
    return 1 if report.errors else 0


def _asked(choice: argparse.Namespace) -> NewDataReport:
    source = {
        "kind": "factory" if choice.path is None else "folder",
        "name": OWN if choice.path is None else None,
        "path": None if choice.path is None else choice.path.name,
        "unseen": None if choice.unseen is None else choice.unseen.name,
        "resize": choice.resize,
        "crop_share": choice.crop_share,
    }
    body = {"data": source, "image_size": choice.image_size, "mean": choice.mean, "std": choice.std}
    try:
        return NewDataReport.model_validate(body)
    except ValidationError as error:
        errors = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InvalidInput(f"This cannot be looked at: {errors}.") from error


def _text(report: DataReport) -> str:
    about = [one for one in report.sentences if one not in report.errors and one not in report.warnings]
    shown = report.classes[:MOST_CLASSES]
    width = max((len(one.name) for one in shown), default=0)
    rows = [f"  {one.name:<{width}} {one.train:>9,} {one.held_out:>9,}" for one in shown]
    more = [f"  … and {len(report.classes) - len(shown)} more"] if len(report.classes) > len(shown) else []
    lines = [*about, "", f"  {'class':<{width}} {'train':>9} {'beside':>9}", *rows, *more, ""]
    lines += [f"ERROR: {fault}" for fault in report.errors] + [f"note: {warning}" for warning in report.warnings]
    end = "Fix these errors first." if report.errors else "It can be used."
    return "\n".join([*lines, end, ""])


def _clear() -> str:
    return "\r\033[K" if sys.stderr.isatty() else ""


def _show(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{_clear()}{fraction:4.0%} {message}")
        sys.stderr.flush()
