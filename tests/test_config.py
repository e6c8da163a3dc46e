"""Invalid settings in the environment are reported."""

import pytest

from cnnpruner.cli import main
from cnnpruner.config import from_environment, parse_port


def test_a_port_is_a_number_from_0_to_65535() -> None:
    assert [parse_port("0"), parse_port("65535")] == [0, 65535]


@pytest.mark.parametrize("text", ["abc", "65536", "-1", "²", ""])
def test_an_invalid_port_ends_the_command_with_a_message(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", "/nowhere")  # if the port were accepted, this would end the command
    with pytest.raises(SystemExit) as exit_error:
        main(["serve", "--port", text])
    assert f"{text!r} is not a port; choose a number from 0" in str(exit_error.value.code)


def test_the_demo_uses_the_seed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_SEED", raising=False)
    assert from_environment().demo_seed == 0
    monkeypatch.setenv("DEMO_SEED", "7")
    assert from_environment().demo_seed == 7


@pytest.mark.parametrize("text", ["one", "-1", "2147483648"])
def test_an_invalid_seed_ends_the_command_with_a_message(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_SEED", text)
    with pytest.raises(SystemExit) as exit_error:
        main(["serve"])
    assert f"DEMO_SEED must be a whole number from 0 to 2147483647, not {text!r}" in str(exit_error.value.code)
