"""Which files of a node were exported and how they were checked; the files themselves lie in the model store."""

from typing import get_args

from cnnpruner.domain.sharing.exports import Export, ExportFormat
from cnnpruner.store import blobs
from cnnpruner.store.jobs import end, leased_row
from cnnpruner.store.sessions import Sessions

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class Exports:
    """Exports of nodes, one of each format."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def list(self, node_id: int) -> list[Export]:
        """Those of a node that were made."""
        return [found for one in FORMATS if (found := self.get(node_id, one)) is not None]

    def get(self, node_id: int, kind: ExportFormat) -> Export | None:
        """The one of this format, or None."""
        with self._sessions.read() as session:
            data = blobs.get(session, {"node_id": node_id}, _name(kind))
        return None if data is None else Export.model_validate_json(blobs.unpack(data))

    def finish(self, job_id: int, attempt: int, export: Export) -> bool:
        """Keep it in place of an older one; the job is done. False: the job is no longer this attempt's."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None:
                return False
            blobs.put(session, {"node_id": export.node_id}, _name(export.format), blobs.pack(export))
            job.result = export.model_dump(mode="json")
            end(session, job, "done", None)
            return True


def _name(kind: ExportFormat) -> str:
    return f"export:{kind}"
