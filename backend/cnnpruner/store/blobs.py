"""Stores blobs: compressed values and arrays that belong to an experiment, node or job. All are in one table."""

import gzip
import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cnnpruner.domain.base import Value
from cnnpruner.store.rows import BlobRow

BlobOwner = dict[str, int]
"""Column and id of a blob's owner: `{"node_id": 3}`, `{"experiment_id": 3}` or `{"job_id": 3}`."""


def pack_value(value: Value) -> bytes:
    """Returns a value as compressed JSON."""
    return gzip.compress(value.model_dump_json().encode(), compresslevel=4)


def unpack_value(data: bytes) -> bytes:
    """Returns the JSON text of a value that `pack_value` compressed."""
    return gzip.decompress(data)


def pack_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Returns named arrays as compressed bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack_arrays(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Returns the named arrays that `pack_arrays` compressed."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def put(session: Session, owner: BlobOwner, name: str, data: bytes) -> None:
    """Store `data` as the owner's blob with this name, replacing an earlier blob with the same name."""
    session.execute(delete(BlobRow).filter_by(**owner, name=name))
    session.add(BlobRow(**owner, name=name, data=data))


def get(session: Session, owner: BlobOwner, name: str) -> bytes | None:
    """Returns the data of the owner's blob with this name, or None if there is none."""
    return session.scalar(select(BlobRow.data).filter_by(**owner, name=name))
