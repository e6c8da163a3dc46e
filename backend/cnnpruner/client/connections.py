"""Connections that hear a refusal also where the server gave it before it had read the whole body, and hung up."""

from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener


class _Hearing(HTTPConnection):
    """An answer that came while the body was sent is read like any other."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        """As it is sent by `http.client`."""
        try:
            super().request(*args, **kwargs)
        except (BrokenPipeError, ConnectionResetError):
            if self.sock is None:
                raise


class _HearingTls(_Hearing, HTTPSConnection):
    """The same over TLS."""


class _Plain(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Hearing, req)


class _Tls(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HearingTls, req)


OPENER = build_opener(_Plain, _Tls)
"""`urlopen` with these connections."""
