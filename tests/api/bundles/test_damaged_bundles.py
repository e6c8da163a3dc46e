"""Damaged bundles are rejected with a message and leave nothing behind."""

import pytest

from tests.api.bundles.damaged_bundles import DAMAGES
from tests.api.bundles.servers import Server, bundle


@pytest.fixture(scope="module")
def intact(source: Server) -> bytes:
    """A bundle with weights and pictures."""
    return bundle(source, "?pictures=true")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_bundle_is_rejected_and_leaves_nothing_behind(intact: bytes, source: Server, damage: str) -> None:
    change, sentence = DAMAGES[damage]
    before = source.files()
    response = source.open(change(intact))
    assert response.status_code == 422, response.text
    error = response.json()["error"]
    assert error["code"] == "unreadable_bundle" and sentence in error["message"]
    assert len(source.get("/experiments")) == 1 and source.files() == before
