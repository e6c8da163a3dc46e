"""Ratios of our time to that of peers, measured side by side; `python -m benchmarks [scoring|cutting|…]`."""

import os

# Before torch is imported: threads that busy-wait take cores from other processes on a busy machine, and the ratio
# would then measure who opens more parallel regions (measured: trace plus cut ten times slower next to other work).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
