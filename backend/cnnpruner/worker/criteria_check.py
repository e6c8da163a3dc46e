"""Checks user-defined criteria in a process started by the server or from the command line.

The server itself imports neither the criteria nor torch.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cnnpruner.config import parse_criteria_folder
from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.criteria.descriptions import describe, describe_plugin_error, describe_unusable_criterion
from cnnpruner.planning.criteria.plugins import CriterionSource, Plugin, find_criterion_sources, load_plugins


def main() -> None:
    """Check each file and entry point that defines criteria, and write its criteria to standard output as one line of
    JSON.
    """
    parser = argparse.ArgumentParser(description="started by the server, not by hand")
    parser.add_argument("--criteria", default="")
    parser.add_argument("--after", type=int, default=0, help="number of criterion files and entry points to skip")
    options = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder: Path | None = parse_criteria_folder(options.criteria)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as results_file:
        os.dup2(2, 1)  # what the user's code prints goes to the log
        for source in find_criterion_sources(folder)[options.after :]:
            json_items = ",".join(info.model_dump_json() for info in check_criterion_source(source))
            results_file.write(f"[{json_items}]\n")
            results_file.flush()


def check_criterion_files(files: Sequence[Path]) -> int:
    """Print for each criterion in the files whether it meets the contract.

    Returns the exit code: 0 if all criteria meet the contract, otherwise 1.
    """
    file_criteria = [(path, info) for path in files for info in check_criterion_source(_find_criterion_source(path))]
    for path, info in file_criteria:
        verdict = "meets all requirements for a criterion" if info.error is None else f"- {info.error}"
        sys.stdout.write(f"{path}: {info.name} {verdict}\n")
    return int(any(info.error is not None for _, info in file_criteria))


def check_criterion_source(source: CriterionSource) -> list[CriterionInfo]:
    """Returns a description of each criterion in a source or, if the source cannot be loaded, one that says why."""
    try:
        plugins = load_plugins(source)
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever the user's code raises becomes its reason
        return [
            describe_unusable_criterion(source.fallback_name, source.label, describe_plugin_error(error, source.label))
        ]
    return [_check_plugin(plugin, source) for plugin in plugins]


def _check_plugin(plugin: Plugin, source: CriterionSource) -> CriterionInfo:
    from cnnpruner.engine.scoring.contract import check_contract  # torch, once `main` has set its threads

    kind = plugin.kind
    try:
        check_contract(kind)
        if kind.name in CRITERIA:
            raise InvalidInput(f"The name {kind.name!r} is taken by a built-in criterion; rename your criterion.")
        return describe(kind, source.label, plugin.version)
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever the user's code raises becomes its reason
        name = kind.name if isinstance(kind.name, str) and kind.name not in CRITERIA else source.fallback_name
        return describe_unusable_criterion(name, source.label, describe_plugin_error(error, source.label))


def _find_criterion_source(path: Path) -> CriterionSource:
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}; give the path of the Python file with your criterion.")
    return CriterionSource(path.name, path.resolve())


if __name__ == "__main__":
    main()
