"""HTML reports of trees, for people without access to the server."""

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from cnnpruner import __version__
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.drawing.report import TreeReport, render_report
from cnnpruner.formats.file_names import slugify
from cnnpruner.service.plans.criteria import list_criteria
from cnnpruner.service.workspace import Workspace

PACKAGES = ("torch", "torchvision", "numpy")


def render(workspace: Workspace, experiment: Experiment) -> str:
    """Returns the report of a tree as an HTML page."""
    store = workspace.store
    with store.snapshot():
        nodes = store.nodes.list(experiment.id)
        report = TreeReport(
            experiment=store.experiments.get(experiment.id),
            nodes=nodes,
            plans={node.id: store.plans.list(node.id) for node in nodes},
            estimates=store.estimates.list(experiment.id),
            autopilots=store.autopilots.list(experiment.id),
            suggestions=store.suggestions.list_in_tree(experiment.id),
            versions=_package_versions(),
            made_at=datetime.now(UTC),
            scores_to_keep={info.name: info.keep for info in list_criteria(workspace) if info.error is None},
        )
    return render_report(report)


def file_name(experiment: Experiment) -> str:
    """Returns a file name such as `handwritten-digits-report.html`."""
    return f"{slugify(experiment.name)}-report.html"


def _package_versions() -> dict[str, str]:
    """Returns the versions of packages from their metadata, because this process does not import torch."""
    versions = {"CNNPruner": __version__, "Python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
