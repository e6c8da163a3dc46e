"""Many clients on one server while a network is fine-tuned: 50 event streams, and 20 readers with a request a second.

Quiet and busy phases alternate within one training run, so that other load on the machine slows both equally.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from benchmarks.results import Result
from tests.e2e.server import Server

STREAMS, READERS = 50, 20
INTERVAL_S = 1.0
PHASE_S = 12.0
ROUNDS = 3
EPOCHS = 1000
"""More than can finish; the job is cancelled at the end."""
TIMEOUT_S = 10.0


@dataclass
class Load:
    """What the clients request and measure."""

    port: int
    paths: tuple[str, ...]
    experiment_id: int
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    events: int = 0


def run() -> dict[str, Result]:
    """Measure the latency and errors of the readers, and the ratio of epoch times under load to quiet ones."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            root = server.ready(server.demo_root(), timeout_s=400)
            load, ratio = asyncio.run(_measure(server, root))
        finally:
            server.stop()
    p50, p95, p99, worst = (1e3 * float(np.percentile(load.seconds, q)) for q in (50, 95, 99, 100))
    method = (
        f"{STREAMS} event streams ({load.events} events), {READERS} readers of tree and scores once a second, "
        f"{len(load.seconds)} responses in {ROUNDS} × {PHASE_S:g} s while the demo is tuned, all on one machine; "
        f"median {p50:.1f}, p99 {p99:.1f}, longest {worst:.1f} ms; errors: {load.errors[:3] or 'none'}"
    )
    ratio_method = f"seconds per epoch under load divided by those without, median of {ROUNDS} pairs of adjacent phases"
    return {
        "load_p95_ms": Result(p95, 100.0, "ms", method),
        "load_errors": Result(len(load.errors), 0.0, "", method),
        "load_epoch_ratio": Result(ratio, 1.1, "ratio", ratio_method),
    }


async def _measure(server: Server, root: dict[str, Any]) -> tuple[Load, float]:
    node = _start_tuning(server, root["id"])
    paths = (f"/api/experiments/{root['experiment_id']}/tree", f"/api/nodes/{root['id']}/scores")
    load = Load(server.port, paths, root["experiment_id"])
    while len(server.call("GET", f"/nodes/{node['id']}/epochs")) < 3:  # until the worker has warmed up
        await asyncio.sleep(0.5)
    phases: list[tuple[float, float, bool]] = []
    for index in range(2 * ROUNDS):
        is_busy = index % 4 in (1, 2)  # quiet, busy, busy, quiet: cancels a drift in the machine's speed
        start = time.time()
        if is_busy:
            async with _run_clients(load):
                await asyncio.sleep(PHASE_S)
        else:
            await asyncio.sleep(PHASE_S)
        phases.append((start, time.time(), is_busy))
    epochs = server.call("GET", f"/nodes/{node['id']}/epochs")
    server.call("POST", f"/jobs/{node['job_id']}/cancel")
    return load, _epoch_ratio(epochs, phases)


def _start_tuning(server: Server, root_id: int) -> dict[str, Any]:
    plan = server.call("POST", f"/nodes/{root_id}/plans", {"rule": "percent", "percent": 25})
    applied = server.call("POST", f"/plans/{plan['id']}/apply", {"training": {"epochs": EPOCHS}})
    node: dict[str, Any] = applied["node"]
    return node


def _epoch_ratio(epochs: list[dict[str, Any]], phases: list[tuple[float, float, bool]]) -> float:
    """Return the median over pairs of adjacent phases; only epochs that start and end in one phase count."""
    means = []
    for start, end, is_busy in phases:
        ends = [(datetime.fromisoformat(epoch["at"]).timestamp(), epoch["seconds"]) for epoch in epochs]
        inside = [seconds for ended_at, seconds in ends if start <= ended_at - seconds and ended_at <= end]
        means.append((is_busy, fmean(inside)))
    pairs = [means[index : index + 2] for index in range(0, len(means), 2)]
    ratios = []
    for pair in pairs:
        seconds = dict(pair)
        ratios.append(seconds[True] / seconds[False])
    return median(ratios)


@asynccontextmanager
async def _run_clients(load: Load) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(_listen(load)) for _ in range(STREAMS)]
    tasks += [asyncio.create_task(_read(load, index * INTERVAL_S / READERS)) for index in range(READERS)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                load.errors.append(repr(result))


async def _listen(load: Load) -> None:
    """Listen to an event stream, which must not end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    try:
        await _request(reader, writer, load, f"/api/experiments/{load.experiment_id}/events")
        while line := await reader.readline():
            load.events += line.startswith(b"data:")
        raise ConnectionError("an event stream ended")
    finally:
        writer.close()


async def _read(load: Load, wait_s: float) -> None:
    """Request all paths once a second, each reader at a different time."""
    await asyncio.sleep(wait_s)
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    try:
        while True:
            round_start = time.perf_counter()
            for path in load.paths:
                start = time.perf_counter()
                async with asyncio.timeout(TIMEOUT_S):
                    length = await _request(reader, writer, load, path)
                    await reader.readexactly(length)
                load.seconds.append(time.perf_counter() - start)
            await asyncio.sleep(max(0.0, INTERVAL_S - (time.perf_counter() - round_start)))
    finally:
        writer.close()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, load: Load, path: str) -> int:
    """Send a GET as a browser would, read the response headers, and return the length of the body."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\nAccept-Encoding: gzip\r\n\r\n"
    writer.write(head.encode())
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
    if " 200 " not in lines[0]:
        raise ConnectionError(f"{path}: {lines[0]}")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    return int(headers.get("content-length", 0))
