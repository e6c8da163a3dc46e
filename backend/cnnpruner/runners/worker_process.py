"""The worker process of a queue, watched and restarted by a thread that lives as long as the runner."""

import json
import logging
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Any

from cnnpruner.domain.jobs import Queue
from cnnpruner.runners.base import ExitCallback, WorkerStatus

log = logging.getLogger(__name__)

CANCEL_GRACE_S = 3.0
"""How many seconds a cancelled job may take to end before its process is killed."""
STOP_TIMEOUT_S = 1.0
"""How many seconds a worker may take to exit after its pipe has been closed."""
INITIAL_RESTART_DELAY_S = 0.1
MAX_RESTART_DELAY_S = 10.0
MIN_STABLE_UPTIME_S = 30.0
"""If a worker has run at least this long, the pause before its next restart is reset to the minimum."""


class WorkerProcess:
    """Keeps one worker process of `queue` running.

    The process is started by the watching thread itself: Linux kills the worker when the *thread* that started it ends,
    so this thread must live at least as long as the worker.
    """

    def __init__(self, queue: Queue, command: Sequence[str], on_exit: ExitCallback) -> None:
        self.queue = queue
        self._command = list(command)
        self._on_exit = on_exit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._device: str | None = None
        self._job_id: int | None = None
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._killed_job_id: int | None = None
        self._thread = threading.Thread(target=self._keep_worker_running, name=f"worker-{queue}", daemon=True)

    def start(self) -> None:
        """Start the watching thread, which starts the worker."""
        self._thread.start()

    def status(self) -> WorkerStatus:
        """Returns the current state of the worker."""
        with self._lock:
            process = self._process
            is_alive = process is not None and process.poll() is None
            pid = process.pid if process is not None and is_alive else None
            return WorkerStatus(is_alive, is_alive and self._ready.is_set(), pid, self._device, self._job_id)

    def send(self, **message: Any) -> None:
        """Send a message to the worker as one line of JSON. If the worker is dead, the message is lost, which does no
        harm because the state of jobs is in the database.
        """
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                return
            try:
                # The pipe does not block: a worker that does not read must not delay the server.
                os.write(process.stdin.fileno(), json.dumps(message).encode() + b"\n")
            except (OSError, ValueError):
                log.debug(
                    "worker of queue %s has ended or is not reading messages; this message was not sent: %s",
                    self.queue,
                    message,
                )

    def cancel(self, job_id: int) -> None:
        """Ask the worker to end the job `job_id`; kill the worker if the job still runs after the grace period."""
        self.send(cancel=job_id)
        timer = threading.Timer(CANCEL_GRACE_S, self._kill_if_still_running, (job_id,))
        timer.daemon = True
        timer.start()

    def stop(self) -> None:
        """End the worker without restarting it, and return when its process has ended."""
        self._stopping.set()
        with self._lock:
            process = self._process
            if process is not None and process.stdin is not None:
                process.stdin.close()
        if process is not None:
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S + MAX_RESTART_DELAY_S)

    def _kill_if_still_running(self, job_id: int) -> None:
        with self._lock:
            if self._job_id != job_id or self._process is None:
                return
            log.warning(
                "job %d did not end within %.0f s of its cancellation; killing its worker", job_id, CANCEL_GRACE_S
            )
            self._killed_job_id = job_id
            self._process.kill()

    def _keep_worker_running(self) -> None:
        restart_delay_s = INITIAL_RESTART_DELAY_S
        while not self._stopping.is_set():
            start_time = time.monotonic()
            try:
                self._run_worker()
            except OSError:
                log.exception("worker of queue %s could not be started; trying again", self.queue)
            if self._stopping.is_set():
                return
            if time.monotonic() - start_time > MIN_STABLE_UPTIME_S:
                restart_delay_s = INITIAL_RESTART_DELAY_S
            self._stopping.wait(restart_delay_s)
            restart_delay_s = min(2 * restart_delay_s, MAX_RESTART_DELAY_S)

    def _run_worker(self) -> None:
        """Start the worker, read its messages until it ends, and notify the service of its end."""
        process = subprocess.Popen(
            [*self._command, "--parent", str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        os.set_blocking(process.stdin.fileno(), False)
        with self._lock:
            self._process = process
        if self._stopping.is_set():
            process.kill()
        assert process.stdout is not None
        for line in process.stdout:
            self._handle_message(line)
        code = process.wait()
        process.stdout.close()
        killed_job_id = self._clean_up_process(process)
        if not self._stopping.is_set():
            log.warning(
                "worker of queue %s (pid %d) exited with status %d; starting another", self.queue, process.pid, code
            )
        self._report_exit(killed_job_id)

    def _handle_message(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            log.info("worker of queue %s: %s", self.queue, line.decode(errors="replace").rstrip())
            return
        with self._lock:
            self._device = message.get("device", self._device)
            if "job" in message:
                self._job_id = message["job"]
        if message.get("ready"):
            self._ready.set()

    def _clean_up_process(self, process: subprocess.Popen[bytes]) -> int | None:
        with self._lock:
            killed_job_id, self._killed_job_id = self._killed_job_id, None
            self._job_id = None
            self._ready.clear()
            if process.stdin is not None:
                process.stdin.close()
        return killed_job_id

    def _report_exit(self, killed_job_id: int | None) -> None:
        try:
            self._on_exit(self.queue, killed_job_id)
        except Exception:
            log.exception("the jobs of queue %s could not be requeued", self.queue)
