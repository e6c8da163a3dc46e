"""SHA-256 checksums of weights in the model store. They are recorded with the node and verified before the weights are
used.
"""

import hashlib
from pathlib import Path

from cnnpruner.errors import DamagedWeights


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_checksum(path: Path, expected: str | None) -> str:
    """Return the SHA-256 of a node's file in the model store. `expected`: the recorded checksum; None if no checksum
    has been recorded.

    Raises DamagedWeights if the file cannot be read or does not have the recorded checksum. The message names the node
    and the file, and says what to do.
    """
    short_path = "/".join(path.parts[-3:])
    node = path.parent.name.replace("-", " ")
    fix = "restore the weights from a backup, or open a bundle of the experiment; other nodes are not affected"
    try:
        actual_sha256 = sha256_of(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DamagedWeights(
            f"The weights of {node} ({short_path}) cannot be read ({reason}); {fix}.", file=short_path
        ) from error
    if expected not in (None, actual_sha256):
        sentence = f"The weights of {node} ({short_path}) were damaged or changed after they were written"
        raise DamagedWeights(f"{sentence}; {fix}.", file=short_path, sha256=actual_sha256, expected=expected)
    return actual_sha256
