"""Who asks: a token is given for a cookie, and back."""

from fastapi import APIRouter, Request, Response

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.api.guard.tokens import drop_token, keep_token
from cnnpruner.domain.sharing.visitors import Token, Visitor
from cnnpruner.service.sharing import visitors

router = APIRouter(prefix="/visitor", tags=["sharing"])


@router.get("", response_description="Who asks.")
def get_visitor(workspace: CurrentWorkspace) -> Visitor:
    """Who you are to this server, and what you may do; needs no token."""
    return workspace.visitor


@router.post("", response_description="Who asks from now on.")
def enter(workspace: CurrentWorkspace, request: Request, response: Response, given: Token) -> Visitor:
    """Give a token for a cookie that no script can read; 401 for one that opens nothing."""
    visitor = visitors.recognise(workspace, given.token)
    keep_token(request, response, given.token)
    return visitor


@router.delete("", status_code=204, response_description="It is given back.")
def leave(request: Request, response: Response) -> None:
    """Give the cookie back; the link stays good."""
    drop_token(request, response)
