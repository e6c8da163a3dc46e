"""The demo on a new database."""

from dataclasses import replace

import pytest

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.service.tree import experiments
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[NewExperiment]:
    """What is asked to be made, and is not."""
    request: list[NewExperiment] = []
    monkeypatch.setattr(experiments, "create", lambda _, new: request.append(new))
    return request


def test_the_demo_uses_the_configured_seed(workspace: Workspace, created: list[NewExperiment]) -> None:
    experiments.ensure_demo_experiment(replace(workspace, config=replace(workspace.config, demo_seed=7)))
    assert [(new.name, new.seed) for new in created] == [(experiments.DEMO_EXPERIMENT_NAME, 7)]


def test_no_demo_is_created_if_there_is_an_experiment(workspace: Workspace, created: list[NewExperiment]) -> None:
    make_small_tree(workspace.store)
    experiments.ensure_demo_experiment(workspace)
    assert created == []
