"""What the client can do with links, and who it is to the server."""

from typing import Any

from cnnpruner.client.addresses import place
from cnnpruner.client.http import Http
from cnnpruner.domain.sharing.links import CreatedLink, Link, Mode
from cnnpruner.domain.sharing.visitors import Visitor


class LinkCalls:
    """Part of `Client`."""

    _http: Http

    def visitor(self) -> Visitor:
        """Who you are to the server, and what you may do."""
        return Visitor.model_validate(self._http.call("GET", "/visitor"))

    def create_link(self, experiment_id: int, mode: Mode = "read", **what: Any) -> CreatedLink:
        """A link to a tree, for instance `create_link(1, "edit", name="Ada", days=7)`; its token is told this once."""
        body = {"mode": mode, **what}
        return CreatedLink.model_validate(self._http.call("POST", place("experiments", experiment_id, "links"), body))

    def links(self, experiment_id: int) -> list[Link]:
        """All links to a tree, the newest first."""
        return [
            Link.model_validate(one) for one in self._http.call("GET", place("experiments", experiment_id, "links"))
        ]

    def revoke_link(self, link_id: int) -> None:
        """From now on it opens nothing."""
        self._http.call("DELETE", place("links", link_id))
