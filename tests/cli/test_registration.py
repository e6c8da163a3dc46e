"""`create --factory` registers a network with the server of the model store, and with no other."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from cnnpruner.cli import factories
from cnnpruner.data.factories import DATASET_FACTORIES_FILE as DATASETS
from cnnpruner.errors import CNNPrunerError
from cnnpruner.planning.networks.factories import FACTORIES_FILE, read_factories


class _Server:
    """Replaces a client: lists networks and experiments of its server."""

    def __init__(self, store: Path, used: tuple[str, ...] = ()) -> None:
        self._store, self._used = store, used

    def data(self) -> Any:
        """Lists the names in its own model store."""
        names = read_factories(self._store / FACTORIES_FILE)
        entries = [argparse.Namespace(kind="factory", path=name) for name in read_factories(self._store / DATASETS)]
        return argparse.Namespace(networks=[argparse.Namespace(name=name) for name in names], entries=entries)

    def experiments(self) -> Any:
        """Returns one experiment for each used network."""
        return [
            argparse.Namespace(network=argparse.Namespace(name=name), data=argparse.Namespace(name=name))
            for name in self._used
        ]


def register(server: _Server, models: Path, network: str, factory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factories, "Client", lambda _: server)
    args = argparse.Namespace(network=network, factory=factory, models=models, server="http://127.0.0.1:1")
    factories.register_network(args)


def test_a_factory_is_registered_in_the_model_store_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(_Server(tmp_path), tmp_path, "own", "tests.third_party:Gated", monkeypatch)
    register(_Server(tmp_path), tmp_path, "own", "tests.third_party:Halves(width=4)", monkeypatch)
    assert read_factories(tmp_path / FACTORIES_FILE)["own"].text == "tests.third_party:Halves(width=4)"


@pytest.mark.parametrize(
    ("network", "factory", "expected"),
    [
        ("resnet18", "tests.third_party:Gated", "is the name of a built-in network"),
        (
            "used",
            "tests.third_party:Gated",
            "Existing experiments use the name used for tests.third_party:Lenet; choose another",
        ),
    ],
)
def test_used_names_are_rejected(
    network: str, factory: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _Server(tmp_path, used=("used",))
    register(server, tmp_path, "used", "tests.third_party:Lenet", monkeypatch)
    with pytest.raises(CNNPrunerError, match=expected):
        register(server, tmp_path, network, factory, monkeypatch)


def test_another_model_store_is_rejected_with_both_fixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    for models in (tmp_path / "other", tmp_path / "nowhere"):
        with pytest.raises(CNNPrunerError, match=r"set --models .*--network 'own=tests\.third_party:Gated'"):
            register(_Server(tmp_path), models, "own", "tests.third_party:Gated", monkeypatch)
    assert not (tmp_path / "nowhere").exists()


def register_data(server: _Server, models: Path, name: str, factory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factories, "Client", lambda _: server)
    args = argparse.Namespace(data=name, data_factory=factory, factory=None, models=models, server="http://127.0.0.1")
    factories.register_factories(args)


def test_data_factories_are_registered_in_their_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register_data(_Server(tmp_path), tmp_path, "own", "tests.data.user_datasets:three(count=8)", monkeypatch)
    assert read_factories(tmp_path / DATASETS)["own"].text == "tests.data.user_datasets:three(count=8)"
    assert not (tmp_path / FACTORIES_FILE).exists()
    used = _Server(tmp_path, used=("own",))
    for name, factory, expected in (
        ("cifar10", "tests.data.user_datasets:two", "cifar10 is a built-in data set"),
        ("own", "tests.data.user_datasets:two", "Existing experiments use the name own for .*three"),
    ):
        with pytest.raises(CNNPrunerError, match=expected):
            register_data(used, tmp_path, name, factory, monkeypatch)
    with pytest.raises(CNNPrunerError, match=r"is not the model store .* --data-factory 'other="):
        register_data(used, tmp_path / "nowhere", "other", "tests.data.user_datasets:two", monkeypatch)
