"""Routes for links, which give other people access to one tree."""

from typing import Annotated

from fastapi import APIRouter, Depends

from cnnpruner.api.dependencies import CurrentWorkspace, ExperimentFromPath, id_path_parameter
from cnnpruner.domain.sharing.links import CreatedLink, Link, NewLink
from cnnpruner.service.sharing import links

router = APIRouter(tags=["sharing"])


def get_link(workspace: CurrentWorkspace, link_id: Annotated[int, id_path_parameter("a link")]) -> Link:
    """Returns the link whose id is in the path. Raises NotFound if there is no such link."""
    return workspace.store.links.get(link_id)


@router.get("/experiments/{experiment_id}/links", response_description="The links to the experiment.")
def list_links(workspace: CurrentWorkspace, experiment: ExperimentFromPath) -> list[Link]:
    """List the links to a tree, newest first. The list does not contain their tokens, which are not stored."""
    return workspace.store.links.list(experiment.id)


@router.post("/experiments/{experiment_id}/links", status_code=201, response_description="The link, with its token.")
def create_link(workspace: CurrentWorkspace, experiment: ExperimentFromPath, new: NewLink) -> CreatedLink:
    """Create a link for viewing or editing a tree. Its token is returned only by this call."""
    return links.create(workspace, experiment, new)


@router.delete("/links/{link_id}", status_code=204, response_description="The link was revoked.")
def revoke_link(workspace: CurrentWorkspace, link: Annotated[Link, Depends(get_link)]) -> None:
    """Revoke a link. It stops working at once."""
    links.revoke(workspace, link)
