"""Tables of a small study."""

from pathlib import Path

import pytest

from cnnpruner.domain.tree.latencies import RatioInterval
from studies import case_table, records
from studies.records import AutopilotRecord, EstimateRecord, Kind, NodeRecord, PlanRecord, StudyRecord, Timing
from tests.values import latency


def timing(ratio: float) -> Timing:
    """A reliable latency at batch size 32."""
    interval = RatioInterval(low=ratio - 0.02, high=ratio + 0.03)
    return Timing.of(latency(2.5, batch=32).model_copy(update={"ratio": ratio, "ratio_interval": interval}))


def node(number: int, parent: int | None, kind: Kind, correct: int, filters: int, **overrides: object) -> NodeRecord:
    plan = PlanRecord(rule="percent 25 taylor", removed=5, sensitivity=0.1, instability=0.3, raw=0.5, recalibrated=0.7)
    fields = {
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
        "latency": [timing(0.8)],
        "plan": plan if kind in ("plan", "automatic") else None,
        "control": None,
        "seed": None,
        "reference": None,
    }
    return NodeRecord.model_validate(fields | overrides)


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
        estimates=[EstimateRecord(node=1, keep=28, change=0.07, low=None, high=None, outcome=2)],
    )


def test_the_human_branch_ends_at_its_smallest_good_node_and_probes_do_not_count(study: StudyRecord) -> None:
    assert case_table.human_end(study).number == 1
    assert "| human | 1 | 91.00 | 30 | 75.0 | 75.0 | 2 |" in case_table.baselines_table(study)
    assert "| automatic, 20% per step | 3 | 93.00 | 35 | 87.5 | 87.5 | 1 |" in case_table.baselines_table(study)
    assert "Probe" not in case_table.nodes_table(study) and "| 6, " not in case_table.nodes_table(study)


def test_the_plain_autopilot_equals_the_estimator_autopilot_up_to_its_first_bad_node(study: StudyRecord) -> None:
    autopilot = study.autopilots[0].model_copy(update={"kind": "automatic_estimator", "nodes": [3, 2, 1], "good": 1})
    table = case_table.baselines_table(study.model_copy(update={"autopilots": [autopilot]}))
    assert "| automatic, 20% per step | 3 | 93.00 | 35 | 87.5 | 87.5 | 2 |" in table
    assert "| automatic with estimator, 20% per step | 1 | 91.00 | 30 | 75.0 | 75.0 | 3 |" in table


def test_nodes_are_listed_with_interval_size_and_time(study: StudyRecord) -> None:
    table = case_table.nodes_table(study)
    assert "| 1, human, from 0: good | 91.00 (83.8–95.2) | 30 | 300 | 30.00 | 0.80 (0.78–0.83) | 4 |" in table
    assert "| 2, human, from 1: bad |" in table


def test_controls_are_listed_with_each_seed_and_the_mean(study: StudyRecord) -> None:
    assert "| 1 | random filters | 2 | 86.00, 88.00 | 87.00 | -4.00 |" in case_table.controls_table(study)


def test_estimates_are_listed_with_their_outcome(study: StudyRecord) -> None:
    assert "| 1 | 28 | 7.0 | – | 2 | 80.00 |" in case_table.estimates_table(study)


def test_a_study_is_unchanged_after_writing_and_reading(study: StudyRecord, tmp_path: Path) -> None:
    records.write(study, tmp_path / "study.json")
    assert records.read(tmp_path / "study.json") == study


def test_milliseconds_without_a_reliable_ratio_are_not_in_the_table(study: StudyRecord) -> None:
    """The page of version 0.1.0 had milliseconds: 40.3 for node 2 with 71% of the MACs, 33.9 for the root."""
    unreliable = Timing.of(latency(2.5, batch=32).model_copy(update={"reliability": "unreliable"}))
    old = Timing(batch=32, median_ms=40.3, iqr_ms=9.0)
    for record, text in ((unreliable, "unreliable"), (old, "not compared")):
        nodes = [node.model_copy(update={"latency": [record]}) for node in study.nodes]
        assert f"| 30.00 | {text} | 4 |" in case_table.nodes_table(study.model_copy(update={"nodes": nodes}))
