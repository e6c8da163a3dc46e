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
    """Search for the plan of a node that keeps the most accuracy at a given cost, or the one with the fewest MACs at a
    given accuracy.

    Many orders are compared by the accuracy of the reconstructed network, without training, on more and more images.
    Then width is moved between the layers of the best plan. When the search ends, the best plan becomes a draft. The
    job can be cancelled; the candidates found so far remain.
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
