"""Links by which others see one tree."""

from typing import Annotated

from fastapi import APIRouter, Depends

from cnnpruner.api.dependencies import CurrentWorkspace, PathExperiment, id_of
from cnnpruner.domain.sharing.links import CreatedLink, Link, NewLink
from cnnpruner.service.sharing import links

router = APIRouter(tags=["sharing"])


def get_link(workspace: CurrentWorkspace, link_id: Annotated[int, id_of("a link")]) -> Link:
    """The link of the path, or 404."""
    return workspace.store.links.get(link_id)


@router.get("/experiments/{experiment_id}/links", response_description="The links.")
def list_links(workspace: CurrentWorkspace, experiment: PathExperiment) -> list[Link]:
    """All links to this tree, the newest first; their tokens are not kept."""
    return workspace.store.links.list(experiment.id)


@router.post("/experiments/{experiment_id}/links", status_code=201, response_description="The link, with its token.")
def create_link(workspace: CurrentWorkspace, experiment: PathExperiment, new: NewLink) -> CreatedLink:
    """A link to look at this tree, or to edit it; its token is shown this once."""
    return links.make(workspace, experiment, new)


@router.delete("/links/{link_id}", status_code=204, response_description="It is withdrawn.")
def revoke_link(workspace: CurrentWorkspace, link: Annotated[Link, Depends(get_link)]) -> None:
    """From now on it opens nothing."""
    links.withdraw(workspace, link)
