"""What is no whole bundle is refused with a sentence and leaves nothing behind."""

import pytest

from tests.api.bundles.damages import DAMAGES
from tests.api.bundles.servers import Server, bundle


@pytest.fixture(scope="module")
def whole(there: Server) -> bytes:
    """A bundle with weights and pictures."""
    return bundle(there, "?pictures=true")


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_whole_bundle_is_refused_and_leaves_nothing(whole: bytes, there: Server, damage: str) -> None:
    change, sentence = DAMAGES[damage]
    before = there.files()
    answer = there.open(change(whole))
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "unreadable_bundle" and sentence in error["message"]
    assert len(there.get("/experiments")) == 1 and there.files() == before
