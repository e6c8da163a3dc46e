"""File formats: bundles that contain experiments, and exports of networks."""
