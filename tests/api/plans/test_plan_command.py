"""`cnnpruner plan` drafts by the default order, by the paper's, or by a given one, and prints cost and notes."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.cli import make_parser
from cnnpruner.cli.plans import plan as command
from cnnpruner.client.client import Client
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.errors import InvalidInput
from cnnpruner.service.workspace import Workspace
from tests.api.in_process_client import in_process
from tests.trees import make_small_tree


class _Server(Client):
    """Wraps a client, and records the rules that are sent."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.sent: list[dict[str, Any]] = []

    def plan(self, node_id: int, **rule_fields: Any) -> Plan:
        """Records the rule; drafts by sensitivity, the only scores of the tree."""
        self.sent.append(rule_fields)
        return self._client.plan(node_id, **(rule_fields | {"criterion": "taylor"}))

    def node(self, node_id: int) -> Any:
        """Returns the node."""
        return self._client.node(node_id)


@pytest.fixture
def server(client: TestClient) -> _Server:
    return _Server(in_process(client))


@pytest.fixture
def root_id(workspace: Workspace) -> int:
    return make_small_tree(workspace.store).root_id


def run(server: _Server, monkeypatch: pytest.MonkeyPatch, node_id: int, *arguments: str) -> int:
    monkeypatch.setattr(command, "Client", lambda _: server)
    return command.run(make_parser().parse_args(["plan", str(node_id), *arguments]))


def test_the_default_order_is_sent_and_the_cost_is_printed(
    server: _Server, root_id: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(server, monkeypatch, root_id, "--target", "macs", "60%") == 0
    sent, macs = server.sent[0], server.node(root_id).macs
    assert sent == {
        "rule": "target",
        "metric": "macs",
        "value": int(0.6 * macs),
        "criterion": "loss_change/macs^0.5",
        "scope": "network",
        "floor": 0.1,
    }
    output = capsys.readouterr().out
    assert f"MACs: {macs:,} → " in output and "bytes: " in output
    assert f"the target of {int(0.6 * macs)}" in output


def test_the_paper_order_replaces_criterion_scope_and_floor(
    server: _Server, root_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server, monkeypatch, root_id, "--percent", "25", "--paper-order")
    assert server.sent == [
        {"rule": "percent", "percent": 25.0, "criterion": "taylor", "scope": "network", "floor": 0.0}
    ]
    run(
        server,
        monkeypatch,
        root_id,
        "--percent",
        "25",
        "--criterion",
        "l1/bytes^1",
        "--scope",
        "group",
        "--floor",
        "0.5",
    )
    assert server.sent[1] == {
        "rule": "percent",
        "percent": 25.0,
        "criterion": "l1/bytes^1",
        "scope": "group",
        "floor": 0.5,
    }


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (("flops", "1"), "'flops' is not a cost; use one of macs,"),
        (("macs", "half"), "'half' is not a number or percentage"),
    ],
)
def test_an_invalid_target_is_answered_with_the_cure(
    server: _Server, root_id: int, monkeypatch: pytest.MonkeyPatch, target: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        run(server, monkeypatch, root_id, "--target", *target)
