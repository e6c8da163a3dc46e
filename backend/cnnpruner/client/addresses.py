"""Places on a server: where it is, and paths under its /api."""

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cnnpruner.errors import InvalidInput


def server_at(address: str) -> str:
    """Where a server is, without the slash at the end, of its address or of a link of its page.

    Raises InvalidInput where the address is none of a web server.
    """
    try:
        parts = urlsplit(address)
        is_server = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_server = False
    if not is_server:
        raise InvalidInput(f"{address!r} is no address of a server; write it as http://127.0.0.1:8000.")
    return address.partition("#")[0].partition("?")[0].rstrip("/")


def place(*parts: int | str, **query: Any) -> str:
    """`/nodes/3/export?format=onnx`: every part is quoted, so that an id which is none leads nowhere else.

    query: values or lists of them; what is None is left out.
    """
    path = "".join(f"/{quote(str(part), safe='')}" for part in parts)
    given = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return f"{path}?{given}" if given else path
