"""User-defined networks: registered at server start, built in workers, with clear errors if they fail."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_from_factory, build_network
from cnnpruner.errors import InvalidInput, UnusableNetwork
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.catalogue import network_choices, register_networks
from cnnpruner.planning.networks.factories import parse_factory, save_factory

THIRD_PARTY = Path(__file__).parents[2] / "third_party.py"


@pytest.fixture(autouse=True)
def _clear_registry() -> Iterator[None]:
    yield
    factories.register({})


def build(name: str, classes: int = 5, channels: int = 3) -> torch.nn.Module:
    return build_network(NetworkSource(name=name), classes, channels, 32, seed=0)


def test_a_registered_factory_is_built_by_name_with_classes_and_channels() -> None:
    register_networks(["own=tests.third_party:Gated", "wide=tests.third_party:Halves(width=8)"])
    assert build("own", channels=1)(torch.zeros(2, 1, 32, 32)).shape == (2, 5)
    assert build("wide").get_parameter("stem.weight").shape[0] == 16
    choices = {choice.name: choice for choice in network_choices()}
    assert choices["wide"].family == "factory" and "tests.third_party:Halves(width=8)" in choices["wide"].title


def test_a_factory_may_be_in_a_file_outside_a_package(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("WIDTH = 4\n")
    (tmp_path / "net.py").write_text(
        "from beside import WIDTH\nfrom torch import nn\n"
        "def make(classes):\n    return nn.Sequential(nn.Conv2d(3, WIDTH, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(),"
        " nn.Linear(WIDTH, classes))\n"
    )
    register_networks([f"own={tmp_path}/net.py:make"])
    [title] = [choice.title for choice in network_choices() if choice.name == "own"]
    assert title == "own (net.py:make)", "folders of the server are not shown"
    try:
        assert build("own")(torch.zeros(2, 3, 8, 8)).shape == (2, 5)
    finally:
        sys.path.remove(str(tmp_path))


def test_weights_of_a_factory_depend_on_the_seed_alone() -> None:
    register_networks(["own=tests.third_party:Gated"])
    assert torch.equal(build("own").get_parameter("fc.weight"), build("own").get_parameter("fc.weight"))


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (
            "tests.third_party:broken",
            r"fails when it is called \(FileNotFoundError, third_party.py:\d+\): weights.pt is",
        ),
        ("tests.third_party:number", "returns an object of type int; it must return an nn.Module"),
        ("tests.third_party:missing", "has no function or class missing"),
        ("tests.nowhere:make", r"cannot be imported \(ModuleNotFoundError.*PYTHONPATH"),
        ("nowhere.py:make", r"cannot be imported \(FileNotFoundError"),
        ("tests.third_party:Gated(depth=3)", r"fails when it is called \(TypeError"),
    ],
)
def test_a_failing_factory_is_named_with_the_reason(factory: str, message: str) -> None:
    with pytest.raises(UnusableNetwork, match=message):
        build_from_factory(parse_factory(factory), 10, 3, 32, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("own", "is not a named factory"),
        ("../own=tests.third_party:Gated", "is not a named factory"),
        ("own=tests.third_party", "is not a factory"),
        ("own=tests/third_party:Gated", "neither a module name nor a .py file"),
        ("own=tests.third_party:Gated(exit())", "cannot be parsed; write keyword arguments with literal values"),
        ("own=tests.third_party:Gated(a=exit())", "cannot be parsed; write keyword arguments with literal values"),
        ("resnet18=tests.third_party:Gated", "resnet18 is the name of a built-in network"),
    ],
)
def test_invalid_factories_are_refused_at_server_start(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        register_networks([text])


@pytest.mark.parametrize("name", ["tests.third_party:Gated", "os:getcwd", "third_party.py:Gated", "timm:local-dir:x"])
def test_a_request_cannot_name_code(name: str) -> None:
    with pytest.raises(UnusableNetwork):
        build(name)


def test_a_file_in_the_model_store_adds_networks_to_a_running_server(tmp_path: Path) -> None:
    register_networks([], tmp_path)
    with pytest.raises(UnusableNetwork, match="There is no network 'later'"):
        build("later")
    save_factory("later", parse_factory(f"{THIRD_PARTY}:Halves(width=4)"), tmp_path)
    assert build("later").get_parameter("stem.weight").shape[0] == 8
    (tmp_path / factories.FACTORIES_FILE).write_text("{")
    with pytest.raises(InvalidInput, match=r"networks\.json cannot be read"):
        build("later")


def test_listing_and_registering_networks_does_not_import_torch() -> None:
    program = (
        "import sys\nfrom cnnpruner.planning.networks.catalogue import network_choices, register_networks\n"
        "register_networks(['own=tests.third_party:Gated'])\nprint(len(network_choices()))\n"
        "print(*[name for name in ('torch', 'timm', 'tests.third_party') if name in sys.modules])\n"
    )
    root = Path(__file__).parents[3]
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    listed, *imported = process.stdout.split()
    assert int(listed) > 80
    assert imported == []
