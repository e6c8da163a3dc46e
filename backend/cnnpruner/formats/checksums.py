"""SHA-256 of weights in the model store: written with the node, compared before anything is made of the file."""

import hashlib
from pathlib import Path

from cnnpruner.errors import DamagedWeights


def sha256_of(path: Path) -> str:
    """Of a file, 64 hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_sum(path: Path, expected: str | None) -> str:
    """The sum of a node's file in the model store, which must be `expected` (None: it is not known yet).

    Raises DamagedWeights, which names node, file and cure.
    """
    place = "/".join(path.parts[-3:])
    node = path.parent.name.replace("-", " ")
    cure = "put it back from a backup, or open a bundle of the experiment; other nodes are not touched by it"
    try:
        found = sha256_of(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DamagedWeights(
            f"The weights of {node} ({place}) cannot be read ({reason}); {cure}.", file=place
        ) from error
    if expected not in (None, found):
        sentence = f"The weights of {node} ({place}) are not those that were written: the file was damaged or changed"
        raise DamagedWeights(f"{sentence}; {cure}.", file=place, sha256=found, expected=expected)
    return found
