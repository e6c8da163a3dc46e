"""Files that leave and come in: bundles of experiments, exports of networks."""
