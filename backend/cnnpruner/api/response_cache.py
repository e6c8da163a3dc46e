"""Cache of responses that are often requested: serializes and compresses each version of a response only once."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel

MAX_CACHED_RESPONSES = 64
"""Maximum number of cached responses. The scores of a large network take about 300 kB, its layers about 1 MB."""
MAX_CACHE_BYTES = 128 * 2**20
"""Maximum total size of all cached responses, in bytes. The structure of a very large network takes many MB."""
MIN_BYTES_TO_COMPRESS = 2000
"""Minimum length, in bytes, of the bodies that are compressed; compressing shorter bodies does not pay off."""
COMPRESSION_LEVEL = 4


@dataclass(frozen=True)
class _CachedBody:
    version: Hashable
    uncompressed_bytes: bytes
    gzipped_bytes: bytes | None

    @property
    def total_bytes(self) -> int:
        """Returns the combined size, in bytes, of the body and its compressed copy."""
        return len(self.uncompressed_bytes) + len(self.gzipped_bytes or b"")


class ResponseCache:
    """Caches the latest version of the most recently requested responses. Thread-safe."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[Hashable, _CachedBody] = OrderedDict()
        self._lock = threading.Lock()

    def body(self, key: Hashable, version: Hashable, build_value: Callable[[], BaseModel]) -> _CachedBody:
        """Returns the body cached under `key` if its version is `version`. Otherwise makes a body from `build_value()`
        and caches it.
        """
        with self._lock:
            body = self._bodies.get(key)
        if body is None or body.version != version:
            body = _serialize(version, build_value())
        with self._lock:
            self._bodies[key] = body
            self._bodies.move_to_end(key)
            cache_bytes = sum(cached_body.total_bytes for cached_body in self._bodies.values())
            while len(self._bodies) > MAX_CACHED_RESPONSES or (cache_bytes > MAX_CACHE_BYTES and len(self._bodies) > 1):
                cache_bytes -= self._bodies.popitem(last=False)[1].total_bytes
        return body


class ResponseCacheForRequest:
    """Gives one request access to the response cache, with compressed bodies if the client accepts gzip. The caller
    must already have checked the permission.
    """

    def __init__(self, request: Request) -> None:
        self._responses: ResponseCache = request.app.state.responses
        self._accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")

    def respond(self, key: Hashable, version: Hashable, build_value: Callable[[], BaseModel]) -> Response:
        """Returns the response for `key` and `version`; calls `build_value` only if this version is not cached."""
        body = self._responses.body(key, version, build_value)
        headers = {"Vary": "Accept-Encoding"}
        if self._accepts_gzip and body.gzipped_bytes is not None:
            return Response(
                body.gzipped_bytes, media_type="application/json", headers=headers | {"Content-Encoding": "gzip"}
            )
        return Response(body.uncompressed_bytes, media_type="application/json", headers=headers)


def _serialize(version: Hashable, value: BaseModel) -> _CachedBody:
    uncompressed_bytes = value.model_dump_json().encode()
    return _CachedBody(
        version,
        uncompressed_bytes,
        gzip.compress(uncompressed_bytes, COMPRESSION_LEVEL)
        if len(uncompressed_bytes) >= MIN_BYTES_TO_COMPRESS
        else None,
    )


CurrentResponseCache = Annotated[ResponseCacheForRequest, Depends(ResponseCacheForRequest)]
