"""Networks of one's own: named by who starts the server, built in workers, and said clearly where they fail."""

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
def _nothing_stays_registered() -> Iterator[None]:
    yield
    factories.start({})


def build(name: str, classes: int = 5, channels: int = 3) -> torch.nn.Module:
    return build_network(NetworkSource(name=name), classes, channels, 32, seed=0)


def test_a_registered_factory_is_built_by_name_and_told_classes_and_channels() -> None:
    register_networks(["own=tests.third_party:Gated", "wide=tests.third_party:Halves(width=8)"])
    assert build("own", channels=1)(torch.zeros(2, 1, 32, 32)).shape == (2, 5)
    assert build("wide").get_parameter("stem.weight").shape[0] == 16
    choices = {choice.name: choice for choice in network_choices()}
    assert choices["wide"].family == "factory" and "tests.third_party:Halves(width=8)" in choices["wide"].title


def test_a_file_outside_every_package_is_a_factory_too(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("WIDTH = 4\n")
    (tmp_path / "net.py").write_text(
        "from beside import WIDTH\nfrom torch import nn\n"
        "def make(classes):\n    return nn.Sequential(nn.Conv2d(3, WIDTH, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(),"
        " nn.Linear(WIDTH, classes))\n"
    )
    register_networks([f"own={tmp_path}/net.py:make"])
    [title] = [choice.title for choice in network_choices() if choice.name == "own"]
    assert title == "own (net.py:make)", "a folder of the server is nobody's business"
    try:
        assert build("own")(torch.zeros(2, 3, 8, 8)).shape == (2, 5)
    finally:
        sys.path.remove(str(tmp_path))


def test_seed_alone_decides_the_weights_of_a_factory() -> None:
    register_networks(["own=tests.third_party:Gated"])
    assert torch.equal(build("own").get_parameter("fc.weight"), build("own").get_parameter("fc.weight"))


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        (
            "tests.third_party:broken",
            r"fails when it is called \(FileNotFoundError, third_party.py:\d+\): weights.pt is",
        ),
        ("tests.third_party:number", "gives a int; it must return an nn.Module"),
        ("tests.third_party:missing", "has no function or class missing"),
        ("tests.nowhere:make", r"cannot be imported \(ModuleNotFoundError.*PYTHONPATH"),
        ("nowhere.py:make", r"cannot be imported \(FileNotFoundError"),
        ("tests.third_party:Gated(depth=3)", r"fails when it is called \(TypeError"),
    ],
)
def test_a_factory_that_fails_is_named_with_its_reason(factory: str, words: str) -> None:
    with pytest.raises(UnusableNetwork, match=words):
        build_from_factory(parse_factory(factory), 10, 3, 32, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("own", "names nothing of your own"),
        ("../own=tests.third_party:Gated", "names nothing of your own"),
        ("own=tests.third_party", "names no factory"),
        ("own=tests/third_party:Gated", "neither a dotted module nor a .py file"),
        ("own=tests.third_party:Gated(exit())", "cannot be read; write names with plain values"),
        ("own=tests.third_party:Gated(a=exit())", "cannot be read; write names with plain values"),
        ("resnet18=tests.third_party:Gated", "Network resnet18 exists already"),
    ],
)
def test_what_names_no_factory_is_refused_at_the_start(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        register_networks([text])


@pytest.mark.parametrize("name", ["tests.third_party:Gated", "os:getcwd", "third_party.py:Gated", "timm:local-dir:x"])
def test_no_request_can_name_code(name: str) -> None:
    with pytest.raises(UnusableNetwork):
        build(name)


def test_a_file_in_the_model_store_adds_networks_while_the_server_runs(tmp_path: Path) -> None:
    register_networks([], tmp_path)
    with pytest.raises(UnusableNetwork, match="There is no network 'later'"):
        build("later")
    save_factory("later", parse_factory(f"{THIRD_PARTY}:Halves(width=4)"), tmp_path)
    assert build("later").get_parameter("stem.weight").shape[0] == 8
    (tmp_path / factories.FILE).write_text("{")
    with pytest.raises(InvalidInput, match=r"networks\.json cannot be read"):
        build("later")


def test_listing_and_naming_networks_needs_no_torch() -> None:
    code = (
        "import sys\nfrom cnnpruner.planning.networks.catalogue import network_choices, register_networks\n"
        "register_networks(['own=tests.third_party:Gated'])\nprint(len(network_choices()))\n"
        "print(*[name for name in ('torch', 'timm', 'tests.third_party') if name in sys.modules])\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    listed, *imported = done.stdout.split()
    assert int(listed) > 80
    assert imported == []
