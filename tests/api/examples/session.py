"""Makes every call on the demo, in an order in which each has something to show."""

from typing import Any

from tests.api.examples.recorder import Recorder

TUNING = {"epochs": 2}
TARGET = 0.95

Node = dict[str, Any]


def run_session(recorder: Recorder, folder: str) -> None:
    """Makes every call. `folder` is an image folder in a data folder of the server."""
    ask = recorder.ask
    for call in ("get_health", "list_data", "list_criteria", "get_visitor", "sign_out"):
        ask(call)
    experiment = ask("list_experiments")[0]
    root = ask("get_node", node_id=experiment["root_id"])
    recorder.wait(ask("get_job", job_id=root["job_id"]))
    score(recorder, root)
    child = prune(recorder, root)
    view_samples(recorder, child)
    suggest(recorder, child)
    autopilot(recorder, child)
    control(recorder, child)
    export(recorder, child)
    tree(recorder, root, child)
    inspect(recorder, folder)
    share(recorder, experiment["id"])
    annotate(recorder, child)


def score(recorder: Recorder, root: Node) -> None:
    """Scores the root."""
    ask, node_id = recorder.ask, root["id"]
    ask("get_layers", node_id=node_id)
    ask("get_scores", node_id=node_id, criterion="taylor")
    recorder.wait(ask("compute_scores", node_id=node_id, criterion="l1:per_weight=true"))
    ask("compute_scores", node_id=node_id, criterion="l1:per_weight=true")
    ask("get_agreement", node_id=node_id, criteria=["taylor", "l1:per_weight=true"])


def prune(recorder: Recorder, root: Node) -> Node:
    """Drafts, edits, previews and applies a plan."""
    ask = recorder.ask
    plan = ask("draft_plan", {"rule": "percent", "percent": 50, "note": "the weaker half"}, node_id=root["id"])
    parameters = {"plan_id": plan["id"]}
    rule = {"rule": "percent", "percent": 40, "locked": ["features.0"]}
    ask("change_plan", {"revision": plan["revision"], "rule": rule}, **parameters)
    recorder.wait(ask("preview_plan", **parameters))
    ask("preview_plan", **parameters)
    ask("get_plan", **parameters)
    applied = ask("apply_plan", {"start": "best", "training": TUNING}, **parameters)
    kinds = ("job", "epoch", "scores")
    recorder.listen("stream_events", kinds, "0", experiment_id=root["experiment_id"])
    recorder.wait(applied["job"])
    other = ask("draft_plan", {"rule": "percent", "percent": 10}, node_id=root["id"])
    ask("delete_plan", plan_id=other["id"])
    ask("list_plans", node_id=root["id"])
    node: Node = ask("get_node", node_id=applied["node"]["id"])
    return node


def view_samples(recorder: Recorder, child: Node) -> None:
    """Views the samples of the pruned node, and what its filters respond to."""
    ask, node_id = recorder.ask, child["id"]
    ask("get_epochs", node_id=node_id)
    label, predicted = confused(ask("get_confusion", node_id=node_id)["counts"])
    cell: dict[str, Any] = {"label": label, "classes": [label], "predicted": predicted, "change": "wrong"}
    page: dict[str, Any] = {"against": child["parent_id"], "offset": 0, "limit": 3}
    sample = ask("get_samples", node_id=node_id, **cell, **page)["items"][0]
    ask("get_image", experiment_id=child["experiment_id"], sample=sample["sample"], size=64)
    selection = {"node_id": node_id, "sample": sample["sample"]}
    ask("get_sample", **selection, against=child["parent_id"])
    ask("get_filter_pictures", **selection, layer="features.0", offset=0, limit=3)
    ask("get_layer_filters", node_id=node_id, layer="features.0")
    recorder.wait(ask("compute_embedding", node_id=node_id))
    ask("compute_embedding", node_id=node_id)
    ask("get_embedding", node_id=node_id)


def confused(counts: list[list[int]]) -> tuple[int, int]:
    """Returns a class and another class that some of its images are mistaken for."""
    cells = ((label, predicted) for label, row in enumerate(counts) for predicted in range(len(row)))
    return next((label, predicted) for label, predicted in cells if label != predicted and counts[label][predicted])


def autopilot(recorder: Recorder, child: Node) -> None:
    """Runs an Autopilot until it falls below the target, and makes an estimate from it."""
    ask = recorder.ask
    new = {"kind": "automatic", "percent": 60, "target_accuracy": TARGET, "training": TUNING, "max_steps": 4}
    autopilot = ask("start_autopilot", new, node_id=child["id"])
    while autopilot["state"] == "running":
        recorder.wait(ask("get_job", job_id=ask("get_node", node_id=autopilot["current_id"])["job_id"]))
        autopilot = ask("get_autopilot", autopilot_id=autopilot["id"])
    request = {"target_accuracy": TARGET, "good_id": autopilot["good_id"], "bad_id": autopilot["bad_id"]}
    estimate = ask("estimate_filters", request, node_id=autopilot["good_id"])
    ask("plan_estimate", estimate_id=estimate["id"])
    second = ask("start_autopilot", new, node_id=child["id"])
    ask("stop_autopilot", {"finish_node": False}, autopilot_id=second["id"])


def suggest(recorder: Recorder, child: Node) -> None:
    """Searches for the best plan at half of the MACs."""
    ask = recorder.ask
    goal = {"metric": "macs", "value": child["macs"] // 2}
    started_search = ask("suggest_plan", {"goal": goal, "seconds": 10, "seed": 0}, node_id=child["id"])
    recorder.wait(started_search["job"])
    suggestion = ask("get_suggestion", suggestion_id=started_search["suggestion"]["id"])
    ask("list_suggestions", node_id=child["id"])
    ask("get_recipe", node_id=child["id"], plan=suggestion["plan_id"], seconds=60)
    ask("delete_plan", plan_id=suggestion["plan_id"])


def control(recorder: Recorder, child: Node) -> None:
    """Creates controls, and deletes one of them."""
    ask = recorder.ask
    created = ask("create_controls", {"kind": "random", "seeds": 2, "training": TUNING}, node_id=child["id"])
    for node in created:
        recorder.wait(ask("get_job", job_id=node["job_id"]))
    ask("get_branch", node_id=created[1]["id"])
    ask("delete_branch", node_id=created[1]["id"])


def export(recorder: Recorder, child: Node) -> None:
    """Measures latency and test accuracy, and exports the network."""
    ask, node_id = recorder.ask, child["id"]
    recorder.wait(ask("measure_latency", node_id=node_id, batch=32))
    ask("list_latencies", node_id=node_id)
    recorder.wait(ask("measure_test", node_id=node_id))
    ask("cancel_job", job_id=ask("measure_latency", node_id=node_id, batch=64)["id"])
    job = ask("start_export", node_id=node_id, format="safetensors")
    recorder.keep("get_export", 202, job)  # what it answers where the making takes over a minute
    recorder.wait(job)
    ask("list_exports", node_id=node_id)
    ask("get_export", node_id=node_id, format="safetensors")


def tree(recorder: Recorder, root: Node, child: Node) -> None:
    """Reads the tree, and bundles it."""
    ask, selection = recorder.ask, {"experiment_id": root["experiment_id"]}
    ask("get_experiment", **selection)
    ask("get_tree", **selection)
    ask("compare_nodes", **selection, nodes=[root["id"], child["id"]])
    for call in ("list_autopilots", "list_estimates", "forecast_tree", "get_report"):
        ask(call, **selection)
    ask("list_jobs", **selection, active=False)
    bundle = ask("get_bundle", **selection, weights=False, pictures=False)
    ask("open_bundle", bundle)


def inspect(recorder: Recorder, folder: str) -> None:
    """Makes the reports that precede an experiment, and creates one."""
    ask = recorder.ask
    new = {"name": "Digits by ResNet-20", "data": {"kind": "digits"}, "network": {"name": "resnet20"}}
    job = ask("inspect_network", new)
    recorder.wait(job)
    ask("get_inspection", job_id=job["id"])
    job = ask("inspect_data", {"data": {"kind": "folder", "path": folder}, "image_size": 32})
    recorder.wait(job)
    ask("get_data_report", job_id=job["id"])
    created = ask("create_experiment", new | {"weights": {"train": {"epochs": 30}}, "target_accuracy": TARGET})
    ask("delete_experiment", experiment_id=created["id"])


def share(recorder: Recorder, experiment_id: int) -> None:
    """Creates, uses and revokes a link."""
    ask = recorder.ask
    new = {"name": "for the review", "mode": "read", "view": f"experiment={experiment_id}&panel=tree", "days": 14}
    created = ask("create_link", new, experiment_id=experiment_id)
    recorder.hide(created["token"])
    ask("sign_in", {"token": created["token"]})
    ask("list_links", experiment_id=experiment_id)
    ask("revoke_link", link_id=created["link"]["id"])


def annotate(recorder: Recorder, child: Node) -> None:
    """Writes a note, and changes the experiment."""
    recorder.ask("change_node", {"note": "sent to the device", "starred": True}, node_id=child["id"])
    changes = {"target_accuracy": TARGET, "training": TUNING}
    recorder.ask("change_experiment", changes, experiment_id=child["experiment_id"])
