"""Exports of nodes and the results of their checks; the files themselves are in the model store."""

from typing import get_args

from cnnpruner.domain.sharing.exports import Export, ExportFormat
from cnnpruner.store import blobs
from cnnpruner.store.jobs import end_job, find_leased_row
from cnnpruner.store.sessions import Sessions

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class Exports:
    """Stores the exports of nodes, one per format."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def list(self, node_id: int) -> list[Export]:
        """Returns all exports of a node."""
        return [export for kind in FORMATS if (export := self.get(node_id, kind)) is not None]

    def get(self, node_id: int, kind: ExportFormat) -> Export | None:
        """Returns the node's export in this format, or None."""
        with self._sessions.read() as session:
            data = blobs.get(session, {"node_id": node_id}, _blob_name(kind))
        return None if data is None else Export.model_validate_json(blobs.unpack_value(data))

    def finish(self, job_id: int, attempt: int, export: Export) -> bool:
        """Store the export, replacing any older one, and complete the job.

        Returns False if the job is no longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None:
                return False
            blobs.put(session, {"node_id": export.node_id}, _blob_name(export.format), blobs.pack_value(export))
            job.result = export.model_dump(mode="json")
            end_job(session, job, "done", None)
            return True


def _blob_name(kind: ExportFormat) -> str:
    return f"export:{kind}"
