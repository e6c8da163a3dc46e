"""A cache for a few values that are expensive to compute."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class LruCache(Generic[V]):
    """Holds the `size` most recently used values, by key."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], V]) -> V:
        """Return the value of `key`, computing it if it is not cached."""
        value = self._values[key] if key in self._values else compute()
        self.put(key, value)
        return value

    def put(self, key: Hashable, value: V) -> None:
        """Store `value` as the most recently used value. If the cache is then too large, the least recently used value
        is removed.
        """
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)
