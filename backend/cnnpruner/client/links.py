"""Client calls for links, and for your own identity and permissions."""

from typing import Any

from cnnpruner.client.addresses import api_path
from cnnpruner.client.http import HttpClient
from cnnpruner.domain.sharing.links import CreatedLink, Link, LinkMode
from cnnpruner.domain.sharing.visitors import Visitor


class LinkMixin:
    """Mixin that adds the calls for links and visitors to `Client`."""

    _http: HttpClient

    def visitor(self) -> Visitor:
        """Your identity and permissions on the server."""
        return Visitor.model_validate(self._http.call("GET", "/visitor"))

    def create_link(self, experiment_id: int, mode: LinkMode = "read", **fields: Any) -> CreatedLink:
        """Create a link to a tree, for instance `create_link(1, "edit", name="Ada", days=7)`.

        Its token cannot be retrieved later.
        """
        body = {"mode": mode, **fields}
        return CreatedLink.model_validate(
            self._http.call("POST", api_path("experiments", experiment_id, "links"), body)
        )

    def links(self, experiment_id: int) -> list[Link]:
        """All links to a tree, newest first."""
        return [
            Link.model_validate(value)
            for value in self._http.call("GET", api_path("experiments", experiment_id, "links"))
        ]

    def revoke_link(self, link_id: int) -> None:
        """Revoke a link. It stops working at once."""
        self._http.call("DELETE", api_path("links", link_id))
