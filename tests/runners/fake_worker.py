"""A worker without torch or database that behaves as the runner's tests need, using the real pipes."""

import sys
import time

from cnnpruner.runners.pipes import Pipes, die_with_parent


def main() -> None:
    """`fake_worker.py MODE JOB --parent PID`; every wake starts the job."""
    mode, job_id, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[4])
    die_with_parent(parent)
    pipes = Pipes()
    print("a library prints")  # noqa: T201
    pipes.send(ready=True, device="cpu")
    while True:
        pipes.wait(60)
        pipes.send(job=job_id)
        while mode == "unresponsive" or not pipes.is_cancelled(job_id):
            if mode == "crash":
                sys.exit(7)
            time.sleep(0.01)
        pipes.send(job=None)


if __name__ == "__main__":
    main()
