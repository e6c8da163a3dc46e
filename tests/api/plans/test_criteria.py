"""Criteria over REST: listed, computed by a real worker in this process, compared, used in plans."""

import pytest
from fastapi.testclient import TestClient
from scipy.stats import spearmanr

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.service.workspace import MAX_WAITING_REQUESTS, Workspace

NAMES = ["taylor", "loss_change", "instability", "l1", "l2", "bn_scale", "activation_mean", "apoz", "fpgm", "random"]


def test_criteria_are_listed_in_order_with_orientation_labels_and_axis(client: TestClient) -> None:
    result = client.get("/api/criteria").json()
    assert [item["name"] for item in result if item["name"] in NAMES] == NAMES
    apoz = next(item for item in result if item["name"] == "apoz")
    assert (apoz["keep"], apoz["needs"], apoz["unit"]) == ("low", ["images"], "%")
    assert (apoz["short"], apoz["abbreviation"], apoz["scale"]) == ("zeros (APoZ)", "zeros", "linear")
    assert (result[0]["short"], result[0]["abbreviation"], result[0]["scale"]) == ("sensitivity", "sens", "log")
    assert result[0]["needs"] == ["images", "labels"]


def test_missing_scores_are_computed_once_and_data_driven_ones_together(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    path = f"/api/nodes/{root.id}/scores"
    result = server.get(path, params={"criterion": "apoz"}).json()
    assert (result["criterion"], result["keep"], result["batches"], result["batch_size"]) == ("apoz", "low", 6, 32)
    assert all(0 <= score <= 100 for score, is_free in zip(result["score"], result["free"], strict=True) if is_free)
    assert result["sensitivity"] is None and result["instability"] is not None
    for name in ("apoz", "taylor", "activation_mean"):
        assert server.get(path, params={"criterion": name}).status_code == 200
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 1
    weights = server.get(path, params={"criterion": "l1"}).json()
    assert (weights["batches"], weights["instability"]) == (None, None)
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 2


def test_instability_comes_from_the_scoring_pass_of_the_sensitivity(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    path = f"/api/nodes/{root.id}/scores"
    result = server.get(path, params={"criterion": "instability"}).json()
    taylor = server.get(path).json()
    assert (result["keep"], result["batches"]) == ("low", taylor["batches"])
    assert result["score"] == result["instability"] == taylor["instability"]
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 1


def test_a_node_without_loss_change_gets_it_by_one_scoring_pass(
    server: TestClient, workspace: Workspace, root: Node
) -> None:
    path = f"/api/nodes/{root.id}/scores"
    assert workspace.store.nodes.scores(root.id, "loss_change") is None, "as in trees of earlier versions"
    plan = server.post(
        f"/api/nodes/{root.id}/plans", json={"rule": "percent", "percent": 5, "criterion": "loss_change"}
    )
    result = server.get(path, params={"criterion": "loss_change"}).json()
    assert result["keep"] == "high" and result["sensitivity"] is None and result["instability"] is not None
    assert min(score for score, is_free in zip(result["score"], result["free"], strict=True) if is_free) >= 0
    ranked = sorted((i for i, is_free in enumerate(result["free"]) if is_free), key=lambda i: result["score"][i])
    assert result["unit"][ranked[0]] in plan.json()["units"]
    assert [job.kind for job in workspace.store.jobs.list()].count("score") == 1


def test_an_unknown_criterion_is_answered_with_the_available_ones(server: TestClient, root: Node) -> None:
    plan = {"rule": "percent", "percent": 10, "criterion": "magic"}
    for response in (
        server.get(f"/api/nodes/{root.id}/scores?criterion=magic"),
        server.get(f"/api/nodes/{root.id}/agreement?criteria=l1&criteria=magic"),
        server.post(f"/api/nodes/{root.id}/plans", json=plan),
    ):
        assert response.status_code == 404
        assert "'magic'" in response.json()["error"]["message"] and "bn_scale" in response.json()["error"]["message"]


@pytest.mark.parametrize("name", ["l2", "apoz", "instability"])
def test_a_plan_removes_the_units_that_its_criterion_ranks_lowest(server: TestClient, root: Node, name: str) -> None:
    rule = {"rule": "percent", "percent": 3, "criterion": name}
    plan = server.post(f"/api/nodes/{root.id}/plans", json=rule).json()
    result = server.get(f"/api/nodes/{root.id}/scores", params={"criterion": name}).json()
    free = [i for i, is_free in enumerate(result["free"]) if is_free]
    sign = 1 if result["keep"] == "high" else -1
    removed = [sign * result["score"][i] for i in free if result["unit"][i] in plan["units"]]
    remaining = [sign * result["score"][i] for i in free if result["unit"][i] not in plan["units"]]
    assert removed and max(removed) <= min(remaining)
    server.get(f"/api/nodes/{root.id}/scores")
    second = server.post(f"/api/nodes/{root.id}/plans", json=rule).json()
    assert second["units"] == plan["units"]
    assert 0 <= second["shares"]["sensitivity"] < 1 and 0 < second["shares"]["instability"] < 1


@pytest.mark.parametrize("name", ["apoz", "l1"])
def test_shares_depend_on_the_filters_and_not_on_the_rule(server: TestClient, root: Node, name: str) -> None:
    path = f"/api/nodes/{root.id}/plans"
    server.get(f"/api/nodes/{root.id}/scores")
    by_rank = server.post(path, json={"rule": "percent", "percent": 20, "criterion": name}).json()
    by_list = server.post(path, json={"rule": "filters", "filters": by_rank["filters"]}).json()
    assert by_rank["units"] == by_list["units"] and 0 < by_list["shares"]["instability"] < 1
    assert by_rank["shares"] == by_list["shares"]


def test_agreement_is_spearmans_correlation_in_keep_order(server: TestClient, root: Node) -> None:
    result = server.get(f"/api/nodes/{root.id}/agreement?criteria=taylor&criteria=apoz&criteria=bn_scale").json()
    assert result["criteria"] == ["taylor", "apoz", "bn_scale"]
    scores = {
        name: server.get(f"/api/nodes/{root.id}/scores", params={"criterion": name}).json()
        for name in result["criteria"]
    }
    free = [i for i, is_free in enumerate(scores["taylor"]["free"]) if is_free]
    taylor = [scores["taylor"]["score"][i] for i in free]
    apoz = [-scores["apoz"]["score"][i] for i in free]
    assert result["unit"] == [scores["taylor"]["unit"][i] for i in free]
    assert result["correlation"][0][1] == pytest.approx(spearmanr(taylor, apoz).statistic)
    assert result["correlation"][0][0] == pytest.approx(1)
    assert result["correlation"][1][0] == result["correlation"][0][1]
    assert result["units"][0][1] == len(free)
    assert result["ranks"][0][taylor.index(max(taylor))] == len(free), "what is kept longest comes last"
    unranked = [i for i, rank in enumerate(result["ranks"][2]) if rank is None]
    assert len(unranked) == len(free) - result["units"][2][2]
    everything = server.get(f"/api/nodes/{root.id}/agreement").json()
    assert everything["criteria"] == [item["name"] for item in server.get("/api/criteria").json()]


def test_when_too_many_requests_wait_further_ones_are_rejected_and_others_served(
    workspace: Workspace, root: Node, server: TestClient
) -> None:
    for _ in range(MAX_WAITING_REQUESTS):
        workspace.waiting_slots.acquire()
    rejected = server.get(f"/api/nodes/{root.id}/scores?criterion=l1")
    assert rejected.status_code == 503 and "try again in a few seconds" in rejected.json()["error"]["message"]
    assert server.get(f"/api/nodes/{root.id}").status_code == 200
    workspace.waiting_slots.release()
    assert server.get(f"/api/nodes/{root.id}/scores?criterion=l1").status_code == 200
