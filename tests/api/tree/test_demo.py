"""The demo of a new database."""

from dataclasses import replace

import pytest

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.service.tree import experiments
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[NewExperiment]:
    """What is asked to be made, and is not."""
    asked: list[NewExperiment] = []
    monkeypatch.setattr(experiments, "create", lambda _, new: asked.append(new))
    return asked


def test_the_demo_has_the_seed_of_the_configuration(workspace: Workspace, made: list[NewExperiment]) -> None:
    experiments.ensure_demo(replace(workspace, config=replace(workspace.config, demo_seed=7)))
    assert [(new.name, new.seed) for new in made] == [(experiments.DEMO_NAME, 7)]


def test_where_there_is_an_experiment_no_demo_is_made(workspace: Workspace, made: list[NewExperiment]) -> None:
    make_small_tree(workspace.store)
    experiments.ensure_demo(workspace)
    assert made == []
