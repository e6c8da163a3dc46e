"""Run all benchmarks, or those named; print a table and write results.json next to this file."""

import sys
import time
import warnings
from collections.abc import Callable

import torch

from benchmarks import (
    cutting,
    embedding,
    finetuning,
    latency,
    load,
    page,
    pictures,
    reconstruction,
    sample_map,
    scoring,
)
from benchmarks.results import FILE, Result, row, write

BENCHMARKS: dict[str, Callable[[], dict[str, Result]]] = {
    "scoring": scoring.run,
    "cutting": cutting.run,
    "finetuning": finetuning.run,
    "reconstruction": reconstruction.run,
    "embedding": embedding.run,
    "latency": latency.run,
    "pictures": pictures.run,
    "page": page.run,
    "sample_map": sample_map.run,
    "load": load.run,
}
THREADS = 2


def main(names: list[str]) -> int:
    """Return 0 even if a target was missed: the table says so, and the machine may just have been busy."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        names_text = ", ".join(sorted(unknown))
        sys.stderr.write(f"Unknown benchmark: {names_text}. Choose from {', '.join(BENCHMARKS)}.\n")
        return 2
    warnings.filterwarnings("ignore", module="torch_pruning")
    torch.set_num_threads(THREADS)
    start = time.perf_counter()
    for name in names or BENCHMARKS:
        results = BENCHMARKS[name]()
        write(results)
        for label, result in results.items():
            sys.stdout.write(row(label, result) + "\n")
            sys.stdout.flush()
    sys.stdout.write(f"{time.perf_counter() - start:.0f} s on {THREADS} threads; {FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
