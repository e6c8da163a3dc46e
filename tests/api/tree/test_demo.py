"""The demo of a new database."""

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


def test_the_demo_has_the_seed_of_the_configuration(workspace: Workspace, created: list[NewExperiment]) -> None:
    experiments.ensure_demo(replace(workspace, config=replace(workspace.config, demo_seed=7)))
    assert [(new.name, new.seed) for new in created] == [(experiments.DEMO_NAME, 7)]


def test_where_there_is_an_experiment_no_demo_is_made(workspace: Workspace, created: list[NewExperiment]) -> None:
    make_small_tree(workspace.store)
    experiments.ensure_demo(workspace)
    assert created == []
