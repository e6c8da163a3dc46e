"""The committed OpenAPI document is the one that the code makes."""

from cnnpruner.api.document import document
from tests.conftest import REPOSITORY


def test_openapi_document_is_current() -> None:
    committed = (REPOSITORY / "openapi.json").read_text()
    assert committed == document(), "openapi.json is stale: type `make api` and commit what changes"
