"""The report's table of suggestions, that is, of searches for the best plan of a node."""

from collections.abc import Mapping, Sequence

from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.markup import Markup, MarkupContent, element, percent, plural, table
from cnnpruner.domain.plans.goals import AccuracyGoal, CostGoal
from cnnpruner.domain.plans.plans import COST_NAMES, Plan
from cnnpruner.domain.plans.suggestions import Candidate, Suggestion
from cnnpruner.drawing.tables import describe_order


def suggestions_section(
    suggestions: Sequence[Suggestion], numbers: Mapping[int, int], plans: Mapping[int, Sequence[Plan]]
) -> Markup:
    """Return a table of all searches. `numbers`: node numbers by node id; `plans`: the plans of each node."""
    rows: list[Sequence[MarkupContent]] = []
    for suggestion in suggestions:
        names = {plan.id: plan.name for plan in plans.get(suggestion.node_id, ())}
        best_candidate = suggestion.candidates[0] if suggestion.candidates else None
        rows.append(
            [
                numbers.get(suggestion.node_id, "–"),
                _describe_goal(suggestion.goal),
                _describe_search_effort(suggestion),
                "–" if best_candidate is None else describe_candidate(best_candidate),
                "–" if best_candidate is None else _format_accuracy(best_candidate.reconstructed),
                _format_accuracy(None if best_candidate is None else best_candidate.unseen),
                names.get(suggestion.plan_id or 0, "–"),
            ]
        )
    head = (
        "node to prune",
        "goal",
        "tried",
        "best plan",
        "accuracy of the best plan after reconstruction, on the images used to choose it",
        "its accuracy on other images",
        "draft",
    )
    return table(head, rows) if rows else element("p", "No plan was suggested.", class_="soft")


def describe_candidate(candidate: Candidate) -> str:
    """Describe how a candidate, a plan that a search tried, was found."""
    rule = candidate.rule
    return "found by exchanging filters between layers" if rule.rule == "filters" else describe_order(rule)


def _describe_search_effort(suggestion: Suggestion) -> str:
    plans, exchanges = plural(len(suggestion.candidates), "plan"), plural(suggestion.exchanges, "exchange")
    return f"{plans} and {exchanges} of filters in {suggestion.elapsed_s:,.0f} s"


def _describe_goal(goal: CostGoal | AccuracyGoal) -> str:
    if isinstance(goal, AccuracyGoal):
        return f"at least {percent(goal.accuracy)} accuracy after reconstruction, with as few MACs as possible"
    return f"at most {goal.value:,.0f} {COST_NAMES[goal.metric]}"


def _format_accuracy(accuracy: Accuracy | None) -> str:
    """Format an accuracy with its 95% interval and the number of images."""
    if accuracy is None:
        return "–"
    interval = accuracy.interval
    return f"{accuracy.accuracy:.1%} ({interval.low:.1%}–{interval.high:.1%}) of {accuracy.images:,} images"
