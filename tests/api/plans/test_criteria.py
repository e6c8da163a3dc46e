"""Criteria over REST: listed, computed where missing by a real worker in this process, compared, planned with."""

import pytest
from fastapi.testclient import TestClient
from scipy.stats import spearmanr

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import MAX_WAITING_REQUESTS, Workspace

NAMES = ["taylor", "instability", "l1", "l2", "bn_scale", "activation_mean", "apoz", "fpgm", "random"]


def test_criteria_are_listed_in_order_with_orientation_labels_and_axis(client: TestClient) -> None:
    found = client.get("/api/criteria").json()
    assert [one["name"] for one in found if one["name"] in NAMES] == NAMES
    apoz = next(one for one in found if one["name"] == "apoz")
    assert (apoz["keep"], apoz["needs"], apoz["unit"]) == ("low", ["images"], "%")
    assert (apoz["short"], apoz["abbreviation"], apoz["scale"]) == ("zeros (APoZ)", "zeros", "linear")
    assert (found[0]["short"], found[0]["abbreviation"], found[0]["scale"]) == ("sensitivity", "sens", "log")
    assert found[0]["needs"] == ["images", "labels"]


def test_missing_scores_are_computed_once_and_data_driven_ones_together(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    path = f"/api/nodes/{root.id}/scores"
    found = server.get(path, params={"criterion": "apoz"}).json()
    assert (found["criterion"], found["keep"], found["batches"], found["batch_size"]) == ("apoz", "low", 6, 32)
    assert all(0 <= score <= 100 for score, is_free in zip(found["score"], found["free"], strict=True) if is_free)
    assert found["sensitivity"] is None and found["instability"] is not None
    for name in ("apoz", "taylor", "activation_mean"):
        assert server.get(path, params={"criterion": name}).status_code == 200
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 1
    weights = server.get(path, params={"criterion": "l1"}).json()
    assert (weights["batches"], weights["instability"]) == (None, None)
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 2


def test_instability_is_the_sensitivitys_without_a_pass_of_its_own(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    path = f"/api/nodes/{root.id}/scores"
    found = server.get(path, params={"criterion": "instability"}).json()
    taylor = server.get(path).json()
    assert (found["keep"], found["batches"]) == ("low", taylor["batches"])
    assert found["score"] == found["instability"] == taylor["instability"]
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 1


def test_an_unknown_criterion_is_told_which_there_are(server: TestClient, root: Node) -> None:
    plan = {"rule": "percent", "percent": 10, "criterion": "magic"}
    for answer in (
        server.get(f"/api/nodes/{root.id}/scores?criterion=magic"),
        server.get(f"/api/nodes/{root.id}/agreement?criteria=l1&criteria=magic"),
        server.post(f"/api/nodes/{root.id}/plans", json=plan),
    ):
        assert answer.status_code == 404
        assert "'magic'" in answer.json()["error"]["message"] and "bn_scale" in answer.json()["error"]["message"]


@pytest.mark.parametrize("name", ["l2", "apoz", "instability"])
def test_a_plan_by_any_criterion_takes_what_it_keeps_least(server: TestClient, root: Node, name: str) -> None:
    rule = {"rule": "percent", "percent": 3, "criterion": name}
    plan = server.post(f"/api/nodes/{root.id}/plans", json=rule).json()
    found = server.get(f"/api/nodes/{root.id}/scores", params={"criterion": name}).json()
    free = [i for i, is_free in enumerate(found["free"]) if is_free]
    sign = 1 if found["keep"] == "high" else -1
    gone = [sign * found["score"][i] for i in free if found["unit"][i] in plan["units"]]
    kept = [sign * found["score"][i] for i in free if found["unit"][i] not in plan["units"]]
    assert gone and max(gone) <= min(kept)
    server.get(f"/api/nodes/{root.id}/scores")
    told = server.post(f"/api/nodes/{root.id}/plans", json=rule).json()
    assert told["units"] == plan["units"]
    assert 0 <= told["shares"]["sensitivity"] < 1 and 0 < told["shares"]["instability"] < 1


@pytest.mark.parametrize("name", ["apoz", "l1"])
def test_the_same_filters_are_the_same_shares_by_whatever_rule(server: TestClient, root: Node, name: str) -> None:
    path = f"/api/nodes/{root.id}/plans"
    server.get(f"/api/nodes/{root.id}/scores")
    by_rank = server.post(path, json={"rule": "percent", "percent": 20, "criterion": name}).json()
    by_hand = server.post(path, json={"rule": "filters", "filters": by_rank["filters"]}).json()
    assert by_rank["units"] == by_hand["units"] and 0 < by_hand["shares"]["instability"] < 1
    assert by_rank["shares"] == by_hand["shares"]


def test_agreement_is_spearmans_correlation_in_keep_order(server: TestClient, root: Node) -> None:
    found = server.get(f"/api/nodes/{root.id}/agreement?criteria=taylor&criteria=apoz&criteria=bn_scale").json()
    assert found["criteria"] == ["taylor", "apoz", "bn_scale"]
    scores = {
        name: server.get(f"/api/nodes/{root.id}/scores", params={"criterion": name}).json()
        for name in found["criteria"]
    }
    free = [i for i, is_free in enumerate(scores["taylor"]["free"]) if is_free]
    taylor = [scores["taylor"]["score"][i] for i in free]
    apoz = [-scores["apoz"]["score"][i] for i in free]
    assert found["unit"] == [scores["taylor"]["unit"][i] for i in free]
    assert found["correlation"][0][1] == pytest.approx(spearmanr(taylor, apoz).statistic)
    assert found["correlation"][0][0] == pytest.approx(1)
    assert found["correlation"][1][0] == found["correlation"][0][1]
    assert found["units"][0][1] == len(free)
    assert found["ranks"][0][taylor.index(max(taylor))] == len(free), "what is kept longest comes last"
    without = [i for i, rank in enumerate(found["ranks"][2]) if rank is None]
    assert len(without) == len(free) - found["units"][2][2]
    everything = server.get(f"/api/nodes/{root.id}/agreement").json()
    assert everything["criteria"] == [one["name"] for one in server.get("/api/criteria").json()]


def test_when_many_wait_for_answers_others_are_told_so_and_all_else_is_answered(
    workspace: Workspace, root: Node, server: TestClient
) -> None:
    for _ in range(MAX_WAITING_REQUESTS):
        workspace.waiting_slots.acquire()
    refused = server.get(f"/api/nodes/{root.id}/scores?criterion=l1")
    assert refused.status_code == 503 and "ask for this one again" in refused.json()["error"]["message"]
    assert server.get(f"/api/nodes/{root.id}").status_code == 200
    workspace.waiting_slots.release()
    assert server.get(f"/api/nodes/{root.id}/scores?criterion=l1").status_code == 200
