"""Ratios of our time to the peers', side by side in one run; `python -m benchmarks [scoring|cutting|…]`."""

import os

# before torch is imported: threads that wait by spinning take the cores from whoever else runs on a busy machine, and
# the ratio then says who opens more parallel regions (measured: trace plus cut ten times slower beside other work)
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
