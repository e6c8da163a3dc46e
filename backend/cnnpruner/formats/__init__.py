"""File formats: bundles of experiments, exports of networks."""
