"""The small store of costly values."""

from cnnpruner.jobs.lru_cache import LruCache


def test_the_values_used_last_stay() -> None:
    recent: LruCache[str] = LruCache(2)
    made: list[str] = []

    def get(key: str) -> str:
        return recent.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c", "a", "b"):
        assert get(key) == key
    assert made == ["a", "b", "c", "b"]
