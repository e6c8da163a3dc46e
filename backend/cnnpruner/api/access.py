"""What a visitor needs for each call. A call that is not named here is the owner's alone."""

from typing import Literal

from fastapi import Request

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.api.guard.hosts import SAFE
from cnnpruner.domain.sharing.visitors import Visitor
from cnnpruner.errors import Forbidden, Unauthorized

VISITOR = "/api/visitor"
"""Giving a token for a cookie writes nothing."""

Need = Literal["nothing", "look", "edit", "export", "own"]

_CALLS: dict[Need, str] = {
    "nothing": "get_health get_visitor enter leave",
    "look": """
        list_experiments get_experiment get_tree get_image stream_events compare_nodes list_criteria
        get_node get_layers get_scores get_agreement get_epochs get_confusion get_samples get_sample list_plans
        get_embedding get_filter_pictures get_layer_filters get_branch list_exports
        get_plan list_jobs get_job list_estimates forecast_tree list_autopilots get_autopilot get_bundle get_report
    """,
    "edit": """
        change_experiment change_node delete_branch create_controls measure_latency measure_test compute_scores
        compute_embedding draft_plan change_plan delete_plan preview_plan apply_plan cancel_job
        estimate_filters plan_estimate start_autopilot stop_autopilot
    """,
    "export": "start_export get_export",
    "own": """
        create_experiment delete_experiment open_bundle list_data inspect_network get_inspection
        inspect_data get_data_report
        list_links create_link revoke_link
    """,
}
NEEDS: dict[str, Need] = {call: need for need, calls in _CALLS.items() for call in calls.split()}


async def require_access(request: Request, workspace: CurrentWorkspace) -> None:
    """Refuse a call that this visitor may not make, whatever tree it is about. Async: it needs no thread."""
    refuse(NEEDS.get(request.scope["route"].name, "own"), workspace.visitor)


async def require_store(request: Request, workspace: CurrentWorkspace) -> None:
    """Refuse what would write where database or model store are gone: 503 with the cure, before anything is done."""
    if request.method not in SAFE and request.url.path != VISITOR:
        workspace.store.require_writable()


def refuse(need: Need, visitor: Visitor) -> None:
    """Raise Unauthorized or Forbidden where `visitor` lacks what is needed."""
    if need == "nothing" or visitor.kind == "owner":
        return
    if visitor.kind == "nobody":
        raise Unauthorized("Nothing is told here without a link or the owner's token.")
    if need == "own":
        raise Forbidden("Only the owner of this server can do this; a link opens one tree.")
    if need == "edit" and visitor.mode == "read":
        raise Forbidden("This link is for looking only; ask the owner of the tree for one that may edit.")
    if need == "export" and not visitor.may_export:
        raise Forbidden("This link may not take weights away; ask the owner of the tree for one that may.")
