"""Checks users' criteria: as a process that imports them, and torch, so that the server need not; or by hand."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cnnpruner.config import criteria_folder
from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.errors import InvalidInput
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.criteria.descriptions import describe, describe_error, describe_unusable
from cnnpruner.planning.criteria.plugins import Plugin, Source, find_sources, load_plugins


def main() -> None:
    """Write one line of JSON for each source, a list of criteria, as soon as it is checked."""
    parser = argparse.ArgumentParser(description="started by the server, not by hand")
    parser.add_argument("--criteria", default="")
    parser.add_argument("--after", type=int, default=0, help="sources to leave out, from the first")
    options = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder: Path | None = criteria_folder(options.criteria)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # what the user's code prints goes to the log
        for source in find_sources(folder)[options.after :]:
            found = ",".join(info.model_dump_json() for info in check_source(source))
            answers.write(f"[{found}]\n")
            answers.flush()


def check_files(files: Sequence[Path]) -> int:
    """Say of each file whether its criteria meet the contract; 0 where all do."""
    found = [(path, one) for path in files for one in check_source(_existing(path))]
    for path, one in found:
        sys.stdout.write(f"{path}: {one.name} " + ("meets the contract\n" if one.error is None else f"- {one.error}\n"))
    return int(any(one.error is not None for _, one in found))


def check_source(source: Source) -> list[CriterionInfo]:
    """Each criterion of a source, described, or with what is wrong with it."""
    try:
        plugins = load_plugins(source)
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever the user's code raises becomes its reason
        return [describe_unusable(source.stem, source.label, describe_error(error, source.label))]
    return [_checked(plugin, source) for plugin in plugins]


def _checked(plugin: Plugin, source: Source) -> CriterionInfo:
    from cnnpruner.engine.scoring.contract import check_contract  # torch, once `main` has set its threads

    kind = plugin.kind
    try:
        check_contract(kind)
        if kind.name in CRITERIA:
            raise InvalidInput(f"Its name {kind.name!r} is taken by a criterion that comes with the program.")
        return describe(kind, source.label, plugin.version)
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever the user's code raises becomes its reason
        name = kind.name if isinstance(kind.name, str) and kind.name not in CRITERIA else source.stem
        return describe_unusable(name, source.label, describe_error(error, source.label))


def _existing(path: Path) -> Source:
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}; name the Python file with your criterion.")
    return Source(path.name, path.resolve())


if __name__ == "__main__":
    main()
