"""Routes for signing in with a token and signing out."""

from fastapi import APIRouter, Request, Response

from cnnpruner.api.dependencies import CurrentWorkspace
from cnnpruner.api.guard.tokens import delete_cookie, set_cookie
from cnnpruner.domain.sharing.visitors import Token, Visitor
from cnnpruner.service.sharing import visitors

router = APIRouter(prefix="/visitor", tags=["sharing"])


@router.get("", response_description="The visitor who sent the request.")
def get_visitor(workspace: CurrentWorkspace) -> Visitor:
    """Get your identity and your permissions on this server. This call requires no token."""
    return workspace.visitor


@router.post("", response_description="The visitor that the token identifies.")
def sign_in(workspace: CurrentWorkspace, request: Request, response: Response, credentials: Token) -> Visitor:
    """Exchange a token for a session cookie that scripts cannot read. Returns 401 if the token is not valid."""
    visitor = visitors.identify_visitor(workspace, credentials.token)
    set_cookie(request, response, credentials.token)
    return visitor


@router.delete("", status_code=204, response_description="The cookie was deleted.")
def sign_out(request: Request, response: Response) -> None:
    """Sign out by deleting the session cookie. The token remains valid."""
    delete_cookie(request, response)
