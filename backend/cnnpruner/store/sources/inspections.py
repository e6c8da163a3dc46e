"""Reports about networks, stored with their jobs."""

from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.store import blobs
from cnnpruner.store.jobs import find_leased_row
from cnnpruner.store.sessions import Sessions


class Inspections:
    """Stores network reports."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def put(self, job_id: int, attempt: int, report: NetworkReport) -> bool:
        """Store the report. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            if find_leased_row(session, job_id, attempt) is None:
                return False
            blobs.put(session, {"job_id": job_id}, "network_report", blobs.pack_value(report))
            return True

    def get(self, job_id: int) -> NetworkReport | None:
        """Returns the report that a job stored; None if it has not stored a report (yet)."""
        with self._sessions.read() as session:
            data = blobs.get(session, {"job_id": job_id}, "network_report")
        return None if data is None else NetworkReport.model_validate_json(blobs.unpack_value(data))
