"""Makes the names of files for download."""

import re

from cnnpruner.domain.sharing.exports import ExportFormat


def slugify(name: str) -> str:
    """Convert a name to at most 60 lower-case letters, digits and hyphens, for use in a file name."""
    return ("-".join(re.findall(r"[a-z0-9]+", name.lower())) or "experiment")[:60]


def export_file_name(experiment: str, number: int, kind: ExportFormat) -> str:
    """Return the file name of an exported node, such as `handwritten-digits-node-3-onnx.zip`."""
    return f"{slugify(experiment)}-node-{number}-{kind.replace('_', '-')}.zip"
