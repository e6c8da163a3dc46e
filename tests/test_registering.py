"""`create --factory` names a network to the server of a model store, and to no other."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from cnnpruner import registering
from cnnpruner.engine.networks.factories import FILE, read_file
from cnnpruner.errors import CNNPrunerError


class _Server:
    """Stands for a client: which networks its server lists, and which its experiments have."""

    def __init__(self, store: Path, used: tuple[str, ...] = ()) -> None:
        self._store, self._used = store, used

    def data(self) -> Any:
        """What it lists: the names in its own store."""
        names = read_file(self._store / FILE)
        return argparse.Namespace(networks=[argparse.Namespace(name=name) for name in names])

    def experiments(self) -> Any:
        """One for each network in use."""
        return [argparse.Namespace(network=argparse.Namespace(name=name)) for name in self._used]


def register(server: _Server, models: Path, network: str, factory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "Client", lambda _: server)
    choice = argparse.Namespace(network=network, factory=factory, models=models, server="http://127.0.0.1:1")
    registering.register(choice)


def test_a_factory_is_known_to_the_server_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register(_Server(tmp_path), tmp_path, "own", "tests.strangers:Gated", monkeypatch)
    register(_Server(tmp_path), tmp_path, "own", "tests.strangers:Halves(width=4)", monkeypatch)
    assert read_file(tmp_path / FILE)["own"].text == "tests.strangers:Halves(width=4)"


@pytest.mark.parametrize(
    ("network", "factory", "words"),
    [
        ("resnet18", "tests.strangers:Gated", "exists already"),
        ("used", "tests.strangers:Gated", "Experiments have used for tests.strangers:Lenet; choose another"),
    ],
)
def test_names_that_are_taken_are_refused(
    network: str, factory: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _Server(tmp_path, used=("used",))
    register(server, tmp_path, "used", "tests.strangers:Lenet", monkeypatch)
    with pytest.raises(CNNPrunerError, match=words):
        register(server, tmp_path, network, factory, monkeypatch)


def test_another_store_is_refused_with_both_cures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    for models in (tmp_path / "other", tmp_path / "nowhere"):
        with pytest.raises(CNNPrunerError, match=r"give --models .*--network 'own=tests\.strangers:Gated'"):
            register(_Server(tmp_path), models, "own", "tests.strangers:Gated", monkeypatch)
    assert not (tmp_path / "nowhere").exists()
