"""Outermost middleware: rejects invalid requests and identifies the visitor."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnpruner.api.errors import error_response
from cnnpruner.api.guard.bodies import limit_body, require_utf8_query
from cnnpruner.api.guard.hosts import check_host, check_origin
from cnnpruner.api.guard.retired import reject_outdated_client, reject_renamed_path
from cnnpruner.api.guard.tokens import delete_cookie, read_token
from cnnpruner.domain.sharing.visitors import LOCAL_OWNER, Visitor
from cnnpruner.errors import CNNPrunerError, Unauthorized
from cnnpruner.service.sharing import visitors
from cnnpruner.service.workspace import Workspace

PROTECTED_PREFIXES = ("/api", "/docs", "/openapi.json")
"""Paths with these prefixes require a token, except for `PUBLIC_PATHS`. All other paths belong to the page, which
contains no data.
"""
VISITOR_PATH = "/api/visitor"
PUBLIC_PATHS = ("/api/health", VISITOR_PATH)


class Guard:
    """ASGI middleware that rejects invalid requests and forwards all others. It does not buffer responses, because the
    events of a stream must be sent as soon as they occur.
    """

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forwards the request, or rejects it with the reason."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            require_utf8_query(request)
            check_host(request, self._workspace.config)
            check_origin(request)
            reject_outdated_client(request)
            reject_renamed_path(request)
            receive = limit_body(request, receive)
            request.state.visitor = await self._find_visitor(request)
        except CNNPrunerError as rejection:
            response = error_response(rejection.status, rejection.code, rejection.message, rejection.details)
            if isinstance(rejection, Unauthorized):
                response.headers["WWW-Authenticate"] = "Bearer"
                delete_cookie(request, response)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _find_visitor(self, request: Request) -> Visitor:
        token = read_token(request)
        if token is None and self._workspace.config.token is None:
            return LOCAL_OWNER  # the usual case, which needs no thread
        try:
            visitor = await run_in_threadpool(visitors.identify_visitor, self._workspace, token)
        except Unauthorized:
            if not _may_ignore_invalid_token(request):
                raise
            visitor = visitors.identify_visitor(self._workspace, None)
        if visitor.kind == "nobody" and not _is_public(request.scope["path"]):
            raise Unauthorized(
                "This server requires a link or the owner's token: open the link that you were sent, or send the "
                "header `Authorization: Bearer <token>`."
            )
        return visitor


def _is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or not path.startswith(PROTECTED_PREFIXES)


def _may_ignore_invalid_token(request: Request) -> bool:
    """Returns whether an invalid token is ignored, as if the request had none. True for all public paths except the one
    that returns the visitor.
    """
    return _is_public(request.scope["path"]) and not (request.scope["path"] == VISITOR_PATH and request.method == "GET")
