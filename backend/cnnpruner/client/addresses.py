"""Server addresses and API paths."""

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cnnpruner.errors import InvalidInput


def parse_server_address(address: str) -> str:
    """Returns the base URL of a server, without a trailing slash. `address` may also be a link to a page of the server.

    Raises InvalidInput if `address` is not an http or https URL.
    """
    try:
        parts = urlsplit(address)
        is_server_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_server_url = False
    if not is_server_url:
        raise InvalidInput(f"{address!r} is not the address of a server; use the form http://127.0.0.1:8000.")
    return address.partition("#")[0].partition("?")[0].rstrip("/")


def api_path(*segments: int | str, **query: Any) -> str:
    """Builds a path such as `/nodes/3/export?format=onnx`.

    Every segment is percent-encoded, so that it cannot change the path. query: values or lists of values; None values
    are omitted.
    """
    path = "".join(f"/{quote(str(segment), safe='')}" for segment in segments)
    query_string = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return f"{path}?{query_string}" if query_string else path
