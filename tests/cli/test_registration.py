"""`create --factory` names a network to the server of a model store, and to no other."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from cnnpruner.cli import factories as registering
from cnnpruner.data.factories import FILE as DATASETS
from cnnpruner.errors import CNNPrunerError
from cnnpruner.planning.networks.factories import FILE, read_file


class _Server:
    """Stands for a client: which networks its server lists, and which its experiments have."""

    def __init__(self, store: Path, used: tuple[str, ...] = ()) -> None:
        self._store, self._used = store, used

    def data(self) -> Any:
        """What it lists: the names in its own store."""
        names = read_file(self._store / FILE)
        own = [argparse.Namespace(kind="factory", path=name) for name in read_file(self._store / DATASETS)]
        return argparse.Namespace(networks=[argparse.Namespace(name=name) for name in names], entries=own)

    def experiments(self) -> Any:
        """One for each network in use."""
        return [
            argparse.Namespace(network=argparse.Namespace(name=name), data=argparse.Namespace(name=name))
            for name in self._used
        ]


def register(server: _Server, models: Path, network: str, factory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "Client", lambda _: server)
    choice = argparse.Namespace(network=network, factory=factory, models=models, server="http://127.0.0.1:1")
    registering.register(choice)


def test_a_factory_is_known_to_the_server_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register(_Server(tmp_path), tmp_path, "own", "tests.third_party:Gated", monkeypatch)
    register(_Server(tmp_path), tmp_path, "own", "tests.third_party:Halves(width=4)", monkeypatch)
    assert read_file(tmp_path / FILE)["own"].text == "tests.third_party:Halves(width=4)"


@pytest.mark.parametrize(
    ("network", "factory", "words"),
    [
        ("resnet18", "tests.third_party:Gated", "already exists"),
        ("used", "tests.third_party:Gated", "Experiments have used for tests.third_party:Lenet; choose another"),
    ],
)
def test_names_that_are_taken_are_refused(
    network: str, factory: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _Server(tmp_path, used=("used",))
    register(server, tmp_path, "used", "tests.third_party:Lenet", monkeypatch)
    with pytest.raises(CNNPrunerError, match=words):
        register(server, tmp_path, network, factory, monkeypatch)


def test_another_store_is_refused_with_both_cures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    for models in (tmp_path / "other", tmp_path / "nowhere"):
        with pytest.raises(CNNPrunerError, match=r"give --models .*--network 'own=tests\.third_party:Gated'"):
            register(_Server(tmp_path), models, "own", "tests.third_party:Gated", monkeypatch)
    assert not (tmp_path / "nowhere").exists()


def register_data(server: _Server, models: Path, name: str, factory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "Client", lambda _: server)
    choice = argparse.Namespace(data=name, data_factory=factory, factory=None, models=models, server="http://127.0.0.1")
    registering.register_all(choice)


def test_data_is_named_to_the_server_of_the_store_in_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_data(_Server(tmp_path), tmp_path, "own", "tests.data.own_sets:three(count=8)", monkeypatch)
    assert read_file(tmp_path / DATASETS)["own"].text == "tests.data.own_sets:three(count=8)"
    assert not (tmp_path / FILE).exists()
    used = _Server(tmp_path, used=("own",))
    for name, factory, words in (
        ("cifar10", "tests.data.own_sets:two", "Data cifar10 exists already"),
        ("own", "tests.data.own_sets:two", "Experiments have own for .*three"),
    ):
        with pytest.raises(CNNPrunerError, match=words):
            register_data(used, tmp_path, name, factory, monkeypatch)
    with pytest.raises(CNNPrunerError, match=r"is no model store .* --data-factory 'other="):
        register_data(used, tmp_path / "nowhere", "other", "tests.data.own_sets:two", monkeypatch)
