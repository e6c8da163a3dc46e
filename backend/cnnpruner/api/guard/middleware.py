"""The outermost layer of the server: refuses at the door, and says who it is that comes in."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnpruner.api.errors import answer
from cnnpruner.api.guard.bodies import bounded, check_query
from cnnpruner.api.guard.hosts import check_host, check_origin
from cnnpruner.api.guard.retired import check_client, check_path
from cnnpruner.api.guard.tokens import drop_token, read_token
from cnnpruner.domain.sharing.visitors import LOCAL_OWNER, Visitor
from cnnpruner.errors import CNNPrunerError, Unauthorized
from cnnpruner.service.sharing import visitors
from cnnpruner.service.workspace import Workspace

CLOSED = ("/api", "/docs", "/openapi.json")
"""All else is the page itself, which holds nothing of anybody's."""
VISITOR = "/api/visitor"
OPEN = ("/api/health", VISITOR)


class Guard:
    """Passes what it lets in on untouched, so that event streams stream."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in or answer it with the reason why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            check_query(request)
            check_host(request, self._workspace.config)
            check_origin(request)
            check_client(request)
            check_path(request)
            receive = bounded(request, receive)
            request.state.visitor = await self._enter(request)
        except CNNPrunerError as refusal:
            response = answer(refusal.status, refusal.code, refusal.message, refusal.details)
            if isinstance(refusal, Unauthorized):
                response.headers["WWW-Authenticate"] = "Bearer"
                drop_token(request, response)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _enter(self, request: Request) -> Visitor:
        token = read_token(request)
        if token is None and self._workspace.config.token is None:
            return LOCAL_OWNER  # without a thread: the usual case, and the fastest
        try:
            found = await run_in_threadpool(visitors.recognise, self._workspace, token)
        except Unauthorized:
            if not _asks_nothing(request):
                raise
            found = visitors.recognise(self._workspace, None)
        if found.kind == "nobody" and not _is_open(request.scope["path"]):
            raise Unauthorized(
                "This server answers those alone who have a link or its owner's token: open the link that you were "
                "sent, or send the header `Authorization: Bearer <token>`."
            )
        return found


def _is_open(path: str) -> bool:
    return path in OPEN or not path.startswith(CLOSED)


def _asks_nothing(request: Request) -> bool:
    """Whether a token that is no good any more may be overlooked. Whoever asks who they are has to be told."""
    return _is_open(request.scope["path"]) and not (request.scope["path"] == VISITOR and request.method == "GET")
