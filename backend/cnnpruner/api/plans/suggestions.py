"""Routes for suggestions."""

from fastapi import APIRouter

from cnnpruner.api.dependencies import CurrentWorkspace, NodeFromPath, SuggestionFromPath
from cnnpruner.domain.plans.suggestions import NewSuggestion, Suggestion, SuggestionStarted
from cnnpruner.service.plans import suggestions

router = APIRouter(tags=["plans"])


@router.post(
    "/nodes/{node_id}/suggestions",
    status_code=201,
    response_description="The suggestion, still without plans, and the job that searches for the best plan.",
)
def suggest_plan(workspace: CurrentWorkspace, node: NodeFromPath, new: NewSuggestion) -> SuggestionStarted:
    """Search for the most accurate plan at a given cost, or for the plan with the fewest MACs at a given accuracy.

    The search tries many ways of ranking the filters, and compares the resulting plans by the accuracy of the
    reconstructed networks, without training, on more and more images. It then refines the best plan by removing more
    filters from one layer and fewer from another. When the search ends, the best plan becomes a draft. If the job is
    cancelled, the plans found so far remain.
    """
    return suggestions.suggest(workspace, node, new)


@router.get("/nodes/{node_id}/suggestions", response_description="The suggestions of the node, oldest first.")
def list_suggestions(workspace: CurrentWorkspace, node: NodeFromPath) -> list[Suggestion]:
    """List the suggestions of a node, oldest first."""
    return workspace.store.suggestions.list(node.id)


@router.get("/suggestions/{suggestion_id}", response_description="The suggestion, with the plans tried so far.")
def get_suggestion(suggestion: SuggestionFromPath) -> Suggestion:
    """Get a suggestion with all plans that the search has tried so far, best first."""
    return suggestion
