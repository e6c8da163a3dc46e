"""The client's errors for rejected requests, other servers and invalid ids."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnnpruner.client import Client
from cnnpruner.client.http import ServerError, to_server_error
from cnnpruner.errors import CNNPrunerError, InvalidInput, StaleNote, Unauthorized, Unavailable, make_error

REFUSAL = b'{"error": {"code": "unauthorized", "message": "Sign in with a link.", "details": {}}}'
ANSWER = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(REFUSAL) + REFUSAL


@contextmanager
def server_sending(text: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends `text` after the first 64 KiB and disconnects. Yields its address and what it read."""
    read: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                read.append(connection.recv(2**16))
                connection.sendall(text)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", read
        thread.join()


def test_a_rejected_upload_raises_the_message_of_the_server(tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(bytes(2**25))
    with server_sending(ANSWER) as (url, _), pytest.raises(ServerError, match="Sign in with a link") as error_info:
        Client(url).unbundle(file)
    assert isinstance(error_info.value, Unauthorized) and (error_info.value.code, error_info.value.status) == (
        "unauthorized",
        401,
    )


@pytest.mark.parametrize("text", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>"])
def test_a_server_that_is_not_cnnpruner_is_named(text: bytes) -> None:
    with (
        server_sending(text) as (url, _),
        pytest.raises(Unavailable, match="is not a CNNPruner server; check"),
    ):
        Client(url).experiments()


@pytest.mark.parametrize(
    "address", ["http://[::1", "ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://host:port", "file:///etc"]
)
def test_an_invalid_address_is_rejected_with_an_example(address: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not the address of a server; use the form http://127\.0\.0\.1:8000\."):
        Client(address)


def test_invalid_ids_are_quoted_in_paths() -> None:
    with server_sending(ANSWER) as (url, read), pytest.raises(Exception, match="Sign in with a link"):
        Client(url).annotate("1?x=1/../2", starred=True)  # type: ignore[arg-type]
    assert read[0].startswith(b"PATCH /api/nodes/1%3Fx%3D1%2F..%2F2 HTTP/1.1")


def test_a_server_error_is_an_instance_of_the_class_of_its_code() -> None:
    details = {"node": {"id": 3}, "message": "a field of that name"}
    stale = to_server_error(409, {"code": "stale_note", "message": "Somebody else wrote.", "details": details})
    assert isinstance(stale, StaleNote) and isinstance(stale, ServerError) and type(stale).__name__ == "StaleNote"
    assert (stale.code, stale.status, stale.message, stale.details) == (
        "stale_note", 409, "Somebody else wrote.", details
    )  # fmt: skip


def test_an_unknown_error_code_is_preserved() -> None:
    error = make_error("out_of_memory", "There is not enough memory.", {})
    assert type(error) is CNNPrunerError and (error.code, error.status) == ("out_of_memory", 500)
    later = to_server_error(418, {"code": "of_a_later_version", "message": "No."})
    assert isinstance(later, ServerError) and (later.code, later.status, later.details) == (
        "of_a_later_version", 418, {}
    )  # fmt: skip


def test_a_code_maps_to_the_class_that_declares_it() -> None:
    assert type(make_error("unavailable", "Not now.", {})) is Unavailable
