"""The cache of expensive values."""

from cnnpruner.jobs.lru_cache import LruCache


def test_the_most_recently_used_values_stay_cached() -> None:
    cache: LruCache[str] = LruCache(2)
    computed: list[str] = []

    def get(key: str) -> str:
        return cache.get(key, lambda: computed.append(key) or key)  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c", "a", "b"):
        assert get(key) == key
    assert computed == ["a", "b", "c", "b"]
