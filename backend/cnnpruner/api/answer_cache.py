"""Answers that many ask for again and again: written and compressed once for each version of what they tell."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel

MOST = 64
"""Answers kept; a large network's scores have some 300 kB, its layers 1 MB."""
MOST_BYTES = 128 * 2**20
"""Of all answers together: the structure of a very large network has many MB."""
COMPRESSED_FROM = 2000
"""Shorter bodies gain nothing."""
LEVEL = 4


@dataclass(frozen=True)
class _Body:
    version: Hashable
    plain: bytes
    gzipped: bytes | None

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return len(self.plain) + len(self.gzipped or b"")


class AnswerCache:
    """The newest version of each answer, those asked for last; safe between threads."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[Hashable, _Body] = OrderedDict()
        self._lock = threading.Lock()

    def body(self, key: Hashable, version: Hashable, make: Callable[[], BaseModel]) -> _Body:
        """The kept body where it is of this version, else a new one."""
        with self._lock:
            found = self._bodies.get(key)
        if found is None or found.version != version:
            found = _write(version, make())
        with self._lock:
            self._bodies[key] = found
            self._bodies.move_to_end(key)
            size = sum(body.size for body in self._bodies.values())
            while len(self._bodies) > MOST or (size > MOST_BYTES and len(self._bodies) > 1):
                size -= self._bodies.popitem(last=False)[1].size
        return found


class CachedAnswers:
    """Answers of one request. Whether the visitor may see them has been decided before."""

    def __init__(self, request: Request) -> None:
        self._answers: AnswerCache = request.app.state.answers
        self._takes_gzip = "gzip" in request.headers.get("accept-encoding", "")

    def answer(self, key: Hashable, version: Hashable, make: Callable[[], BaseModel]) -> Response:
        """What `make` gives, which is asked only where this version is not kept."""
        body = self._answers.body(key, version, make)
        headers = {"Vary": "Accept-Encoding"}
        if self._takes_gzip and body.gzipped is not None:
            return Response(body.gzipped, media_type="application/json", headers=headers | {"Content-Encoding": "gzip"})
        return Response(body.plain, media_type="application/json", headers=headers)


def _write(version: Hashable, value: BaseModel) -> _Body:
    plain = value.model_dump_json().encode()
    return _Body(version, plain, gzip.compress(plain, LEVEL) if len(plain) >= COMPRESSED_FROM else None)


Answers = Annotated[CachedAnswers, Depends(CachedAnswers)]
