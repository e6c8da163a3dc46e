"""Tables from a small study, and those that are committed."""

from pathlib import Path

import pytest

from studies import case_table, records
from studies.records import AutopilotRecord, EstimateRecord, Kind, NodeRecord, PlanRecord, StudyRecord, Timing


def node(number: int, parent: int | None, kind: Kind, correct: int, filters: int, **other: object) -> NodeRecord:
    plan = PlanRecord(rule="percent 25 taylor", removed=5, sensitivity=0.1, instability=0.3, raw=0.5, recalibrated=0.7)
    content = {
        "number": number,
        "parent": parent,
        "kind": kind,
        "note": "Human: a step" if kind == "plan" else "",
        "correct": correct,
        "images": 100,
        "recovered": None,
        "filters": filters,
        "free_filters": filters,
        "parameters": 10 * filters,
        "macs": 1_000_000 * filters,
        "size_bytes": 40 * filters,
        "epochs": 4,
        "best_epoch": 4,
        "latency": [Timing(batch=32, median_ms=2.5, iqr_ms=0.25)],
        "plan": plan if kind in ("plan", "automatic") else None,
        "control": None,
        "seed": None,
        "reference": None,
    }
    return NodeRecord.model_validate(content | other)


@pytest.fixture
def study() -> StudyRecord:
    """A root, a good and a bad step, an automatic node, two controls."""
    return StudyRecord(
        name="small",
        date="2026-11-22",
        device="a CPU",
        network="resnet20",
        seed=0,
        train=1000,
        selection=100,
        tolerance=0.05,
        target=0.9,
        training={"epochs": 4},
        nodes=[
            node(0, None, "root", 95, 40),
            node(1, 0, "plan", 91, 30),
            node(2, 1, "plan", 80, 20),
            node(3, 0, "automatic", 93, 35),
            node(4, 0, "control", 88, 30, control="random", seed=1, reference=1),
            node(5, 0, "control", 86, 30, control="random", seed=2, reference=1),
            node(6, 0, "plan", 99, 10, note="Probe: percent"),
        ],
        autopilots=[AutopilotRecord(kind="automatic", percent=20, state="done", reason="Enough.", nodes=[3], good=3)],
        estimates=[EstimateRecord(asked_at=1, keep=28, change=0.07, low=None, high=None, outcome=2)],
    )


def test_the_human_branch_ends_at_its_smallest_good_node_and_probes_do_not_count(study: StudyRecord) -> None:
    assert case_table.human_end(study).number == 1
    assert "| human | 1 | 91.00 | 30 | 75.0 | 75.0 | 2 |" in case_table.baselines(study)
    assert "| automatic, 20 % a step | 3 | 93.00 | 35 | 87.5 | 87.5 | 1 |" in case_table.baselines(study)
    assert "Probe" not in case_table.nodes(study) and "| 6, " not in case_table.nodes(study)


def test_the_plain_autopilot_is_the_estimator_autopilot_up_to_its_first_bad_node(study: StudyRecord) -> None:
    autopilot = study.autopilots[0].model_copy(update={"kind": "automatic_estimator", "nodes": [3, 2, 1], "good": 1})
    both = case_table.baselines(study.model_copy(update={"autopilots": [autopilot]}))
    assert "| automatic, 20 % a step | 3 | 93.00 | 35 | 87.5 | 87.5 | 2 |" in both
    assert "| automatic with estimator, 20 % a step | 1 | 91.00 | 30 | 75.0 | 75.0 | 3 |" in both


def test_nodes_are_told_with_interval_size_and_time(study: StudyRecord) -> None:
    assert "| 1, human, from 0: good | 91.00 (83.8–95.2) | 30 | 300 | 30.00 | 2.5 (0.2) | 4 |" in case_table.nodes(
        study
    )
    assert "| 2, human, from 1: bad |" in case_table.nodes(study)


def test_controls_stand_beside_their_node_with_each_seed_and_the_mean(study: StudyRecord) -> None:
    assert "| 1 | random filters | 2 | 86.00, 88.00 | 87.00 | -4.00 |" in case_table.controls(study)


def test_estimates_are_told_with_what_came_out(study: StudyRecord) -> None:
    assert "| 1 | 28 | 7.0 | – | 2 | 80.00 |" in case_table.estimates(study)


def test_a_study_comes_back_as_it_was_written(study: StudyRecord, tmp_path: Path) -> None:
    records.write(study, tmp_path / "study.json")
    assert records.read(tmp_path / "study.json") == study
