"""The permission that each call requires. Calls that are not listed here are reserved for the owner."""

from typing import Literal

from fastapi import Request

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.api.guard.hosts import SAFE_METHODS
from cnnpruner.domain.sharing.visitors import Visitor
from cnnpruner.errors import Forbidden, Unauthorized

VISITOR_PATH = "/api/visitor"
"""Path of the calls for signing in and out, which do not write to the store."""

Permission = Literal["none", "view", "edit", "export", "owner"]

_CALLS_BY_PERMISSION: dict[Permission, str] = {
    "none": "get_health get_visitor sign_in sign_out",
    "view": """
        list_experiments get_experiment get_tree get_image stream_events compare_nodes list_criteria get_node
        get_layers get_scores get_agreement get_epochs get_confusion get_samples get_sample list_plans
        list_latencies get_embedding get_filter_pictures get_layer_filters get_branch list_exports get_plan
        list_suggestions get_suggestion get_recipe list_jobs get_job list_estimates forecast_tree list_autopilots
        get_autopilot get_bundle get_report
    """,
    "edit": """
        change_experiment change_node delete_branch create_controls measure_latency measure_test compute_scores
        compute_embedding draft_plan change_plan delete_plan preview_plan apply_plan cancel_job
        suggest_plan estimate_filters plan_estimate start_autopilot stop_autopilot
    """,
    "export": "start_export get_export",
    "owner": """
        create_experiment delete_experiment open_bundle list_data inspect_network get_inspection
        inspect_data get_data_report
        list_links create_link revoke_link
    """,
}
CALL_PERMISSIONS: dict[str, Permission] = {
    call: permission for permission, call_names in _CALLS_BY_PERMISSION.items() for call in call_names.split()
}


async def require_access(request: Request, workspace: CurrentWorkspace) -> None:
    """Rejects a call if the visitor lacks the permission that it requires. A later check decides whether the visitor
    may see the tree. Async, so that FastAPI runs it in the event loop, not in a thread; it never blocks.
    """
    check_permission(CALL_PERMISSIONS.get(request.scope["route"].name, "owner"), workspace.visitor)


async def require_writable_store(request: Request, workspace: CurrentWorkspace) -> None:
    """Rejects write requests with status 503 while the database or the model store is missing."""
    if request.method not in SAFE_METHODS and request.url.path != VISITOR_PATH:
        workspace.store.require_writable()


def check_permission(permission: Permission, visitor: Visitor) -> None:
    """Raises Unauthorized or Forbidden if `visitor` does not have the permission."""
    if permission == "none" or visitor.kind == "owner":
        return
    if visitor.kind == "nobody":
        raise Unauthorized("Sign in with a link or the owner's token.")
    if permission == "owner":
        raise Forbidden("Only the owner of this server can do this; a link gives access to one tree only.")
    if permission == "edit" and visitor.mode == "read":
        raise Forbidden("This link is view-only; ask the owner of the tree for a link that allows editing.")
    if permission == "export" and not visitor.may_export:
        raise Forbidden("This link does not allow downloading weights; ask the owner of the tree for one that does.")
