"""Names of the files that leave."""

import re

from cnnpruner.domain.sharing.exports import ExportFormat


def slug(name: str) -> str:
    """A name as part of a file's name."""
    return ("-".join(re.findall(r"[a-z0-9]+", name.lower())) or "experiment")[:60]


def export_file_name(experiment: str, number: int, kind: ExportFormat) -> str:
    """For instance `handwritten-digits-node-3-onnx.zip`."""
    return f"{slug(experiment)}-node-{number}-{kind.replace('_', '-')}.zip"
