"""A server process for end-to-end tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnpruner.client.http import HttpClient
from cnnpruner.errors import Unavailable


def free_port() -> int:
    """A port that is currently free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server with its own database and model store."""

    folder: Path
    data: tuple[Path, ...] = ()
    demo: bool = True
    arguments: tuple[str, ...] = ()
    """Extra arguments of `cnnpruner serve`."""
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def models(self) -> Path:
        """Folder of the model store."""
        return self.folder / "models"

    @property
    def log(self) -> str:
        """The log so far."""
        return (self.folder / "server.log").read_text()

    def start(self, timeout_s: float = 60) -> "Server":
        """Start the server and wait until it answers."""
        environment = os.environ | {
            "DB": str(self.folder / "experiments.db"),
            "MODELS": str(self.models),
            "DATA": os.pathsep.join(map(str, self.data)),
            "PORT": str(self.port),
            "NO_BROWSER": "1",
            "DEMO": "1" if self.demo else "0",
        }
        with (self.folder / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "cnnpruner.cli", "serve", *self.arguments]
            # In its own session, so that a signal to the tests does not reach it before they stop it.
            self.process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.call("GET", "/health")
            except Unavailable:
                time.sleep(0.1)
            else:
                return self
        raise AssertionError(f"the server did not answer:\n{self.log}")

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make a REST call; raises ServerError if it is refused."""
        return HttpClient(self.url).call(method, path, body)

    def wait(self, job_id: int, timeout_s: float = 180) -> dict[str, Any]:
        """Wait until a job has ended, and return it."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.call("GET", f"/jobs/{job_id}")
            if job["state"] not in ("waiting", "running"):
                return job
            time.sleep(0.1)
        raise AssertionError(f"job {job_id} is still running after {timeout_s} s: {job}\n{self.log}")

    def wait_for(self, path: str, is_expected: Callable[[Any], bool], timeout_s: float = 60) -> Any:
        """Repeat the request until the answer is as expected, and return it."""
        deadline = time.monotonic() + timeout_s
        while not is_expected(answer := self.call("GET", path)):
            assert time.monotonic() < deadline, f"after {timeout_s} s {path} is still {answer}\n{self.log}"
            time.sleep(0.1)
        return answer

    def ready(self, node_id: int, timeout_s: float = 180) -> dict[str, Any]:
        """Wait until a node is ready, and return it."""
        node: dict[str, Any] = self.call("GET", f"/nodes/{node_id}")
        job = self.wait(node["job_id"], timeout_s)
        assert job["state"] == "done", job
        node = self.call("GET", f"/nodes/{node_id}")
        assert node["state"] == "ready", node
        return node

    def demo_root(self, timeout_s: float = 120) -> int:
        """Id of the demo's root, as soon as the demo exists."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for experiment in self.call("GET", "/experiments"):
                return int(experiment["root_id"])
            time.sleep(0.2)
        raise AssertionError(f"the demo was not created:\n{self.log}")

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop the server gracefully."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
