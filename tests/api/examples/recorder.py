"""Calls a server by operation id, and records requests and responses."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2

from cnnpruner.api.app import create_app
from tests.api.examples.shortener import shorten, shorten_event

JSON = "application/json"
STREAM_S = 60.0
INVALID = "not-a-real-token"


class Recorder:
    """Records the first response for each status, and the first value of each parameter."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._calls = {
            operation["operationId"]: (method, path, operation)
            for path, calls in create_app(None).openapi()["paths"].items()
            for method, operation in calls.items()
        }
        self._recorded: dict[str, dict[str, Any]] = defaultdict(dict)
        self._secrets: list[str] = []

    def ask(self, call: str, body: dict[str, Any] | bytes | None = None, **parameters: Any) -> Any:
        """Makes a call. Returns its JSON, or the bytes of any other response. Fails on an error response."""
        method, path, operation = self._calls[call]
        locations = {parameter["name"]: parameter["in"] for parameter in operation.get("parameters", ())}
        query = {name: value for name, value in parameters.items() if locations[name] == "query"}
        payload: dict[str, Any] = {"json": body} if isinstance(body, dict) else {}
        if isinstance(body, bytes):
            payload = {"content": body, "headers": {"Content-Type": next(iter(operation["requestBody"]["content"]))}}
        response = httpx2.request(method, self._url + path.format(**parameters), params=query, timeout=300, **payload)
        assert response.is_success, f"{call}: {response.status_code} {response.text}"
        self._keep_request(call, parameters, body)
        if response.headers.get("content-type") != JSON or not response.content:
            return response.content
        self.keep(call, response.status_code, response.json())
        return response.json()

    def keep(self, call: str, status: int, response: Any) -> None:
        """Records a response as an example of a call."""
        self._recorded[call].setdefault("answers", {}).setdefault(str(status), response)

    def _keep_request(self, call: str, parameters: dict[str, Any], body: dict[str, Any] | bytes | None) -> None:
        if parameters:
            self._recorded[call]["parameters"] = parameters | self._recorded[call].get("parameters", {})
        if isinstance(body, dict):
            self._recorded[call].setdefault("body", body)

    def listen(self, call: str, kinds: Sequence[str], last_event_id: str, **parameters: Any) -> None:
        """Records the first event of each kind in a stream."""
        _, path, _ = self._calls[call]
        self._keep_request(call, parameters | {"last-event-id": last_event_id}, None)
        events: dict[str, str] = {}
        headers = {"Last-Event-ID": last_event_id}
        with httpx2.stream("GET", self._url + path.format(**parameters), headers=headers, timeout=STREAM_S) as response:
            for event in _blocks(response.iter_lines()):
                kind = next((line.removeprefix("event: ") for line in event.splitlines() if "event: " in line), "")
                if kind in kinds:
                    events.setdefault(kind, shorten_event(event))
                if len(events) == len(kinds):
                    break
        self.keep(call, response.status_code, "".join(f"{event}\n\n" for event in events.values()))

    def wait(self, job: dict[str, Any]) -> None:
        """Waits until the job is done."""
        while job["state"] in ("waiting", "running"):
            time.sleep(0.1)
            job = httpx2.get(f"{self._url}/api/jobs/{job['id']}").json()
        assert job["state"] == "done", job

    def hide(self, secret: str) -> None:
        """Replaces a secret by an invalid one in the examples."""
        self._secrets.append(secret)

    def write(self, file: Path) -> None:
        """Writes all calls in the order of the document."""
        examples = {call: shorten(self._recorded[call]) for call in self._calls if call in self._recorded}
        text = json.dumps(examples, indent=1, ensure_ascii=False)
        for secret in self._secrets:
            text = text.replace(secret, INVALID)
        file.write_text(f"{text}\n", encoding="utf-8")


def _blocks(lines: Any) -> Any:
    block: list[str] = []
    for line in lines:
        if line:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []
