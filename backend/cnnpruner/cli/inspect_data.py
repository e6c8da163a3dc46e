"""`cnnpruner inspect-data`: inspect a data set in this process, without a server, and print the report."""

import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from cnnpruner.cli.arguments import add_image_folder_arguments, add_resize_arguments
from cnnpruner.config import from_environment, max_bytes_in_memory
from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.errors import InvalidInput

HELP = "report what a data set contains and what is wrong with it; needs no server"

FACTORY_NAME = "own"
"""Name under which the data factory given on the command line is registered."""
MAX_PRINTED_CLASSES = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments that describe the data set. Arguments that also exist in `create` have the same names as
    there.
    """
    parser.add_argument(
        "path", nargs="?", type=Path, help="image folder with train/<class>/*.jpg and, optionally, val/ and test/"
    )
    parser.add_argument(
        "--data-factory",
        help="function that returns the data sets (instead of a folder): package.module:function or file.py:function()",
    )
    parser.add_argument(
        "--unseen", type=Path, help="folder of images (<class>/*.jpg) that the weights were not trained on"
    )
    add_resize_arguments(parser)
    add_image_folder_arguments(parser)
    parser.add_argument(
        "--image-size", type=int, help="side length of the images in pixels (default: unchanged, at most 224)"
    )
    parser.add_argument(
        "--mean", type=float, nargs="+", help="mean of each channel, for pixel values 0-1 (default: measured)"
    )
    std_help = "standard deviation of each channel, for pixel values 0-1 (default: measured)"
    parser.add_argument("--std", type=float, nargs="+", help=std_help)
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")


def run(args: argparse.Namespace) -> int:
    """Prints the report on the data set. Returns 1 if the data set has errors that prevent an experiment."""
    if (args.path is None) == (args.data_factory is None):
        raise InvalidInput("Give either an image folder or --data-factory package.module:function.")
    if args.data_factory is not None:
        register_datasets([f"{FACTORY_NAME}={args.data_factory}"])
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` would
    from cnnpruner.data.reports.report import DataPaths, report_data

    folder = None if args.path is None else args.path.expanduser().resolve()
    unseen = None if args.unseen is None else args.unseen.expanduser().resolve()
    paths = DataPaths(folder, unseen, from_environment().data)
    report = report_data(_parse_report_request(args), paths, max_bytes_in_memory(), _show_progress)
    sys.stderr.write(_clear_line())
    sys.stdout.write(report.model_dump_json(indent=2) + "\n" if args.json else _format_report(report))
    return 1 if report.errors else 0


def _parse_report_request(args: argparse.Namespace) -> NewDataReport:
    source = {
        "kind": "factory" if args.path is None else "folder",
        "name": FACTORY_NAME if args.path is None else None,
        "path": None if args.path is None else args.path.name,
        "unseen": None if args.unseen is None else args.unseen.name,
        "resize": args.resize,
        "crop_share": args.crop_share,
        "class_level": args.class_level,
        "value_range": args.value_range,
    }
    body = {"data": source, "image_size": args.image_size, "mean": args.mean, "std": args.std}
    try:
        return NewDataReport.model_validate(body)
    except ValidationError as error:
        errors = "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors())
        raise InvalidInput(f"The arguments are not valid: {errors}.") from error


def _format_report(report: DataReport) -> str:
    summary = [line for line in report.sentences if line not in report.errors and line not in report.warnings]
    classes = report.classes[:MAX_PRINTED_CLASSES]
    width = max((len(entry.name) for entry in classes), default=0)
    rows = [
        f"  {entry.name:<{width}} {entry.train:>9,} {entry.held_out - entry.test:>9,} {entry.test:>9,}"
        for entry in classes
    ]
    omission_lines = (
        [f"  … and {len(report.classes) - len(classes)} more classes"] if len(report.classes) > len(classes) else []
    )
    header = f"  {'class':<{width}} {'train':>9} {'selection':>9} {'test':>9}"
    lines = [*summary, "", header, *rows, *omission_lines, ""]
    lines += [f"ERROR: {error}" for error in report.errors] + [f"note: {warning}" for warning in report.warnings]
    conclusion = (
        "The data set cannot be used until the errors above are fixed."
        if report.errors
        else "The data set can be used."
    )
    return "\n".join([*lines, conclusion, ""])


def _clear_line() -> str:
    return "\r\033[K" if sys.stderr.isatty() else ""


def _show_progress(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{_clear_line()}{fraction:4.0%} {message}")
        sys.stderr.flush()
