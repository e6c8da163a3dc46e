"""What inspections said of networks; kept with their jobs."""

from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.store import parts
from cnnpruner.store.jobs import held
from cnnpruner.store.sessions import Sessions


class Inspections:
    """Reports, as values."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def put(self, job_id: int, attempt: int, report: NetworkReport) -> bool:
        """Keep it; False where this attempt no longer holds the job."""
        with self._sessions.write() as session:
            if held(session, job_id, attempt) is None:
                return False
            parts.put(session, {"job_id": job_id}, "report", parts.pack(report))
            return True

    def get(self, job_id: int) -> NetworkReport | None:
        """The report of a job; None where there is none (yet)."""
        with self._sessions.read() as session:
            data = parts.get(session, {"job_id": job_id}, "report")
        return None if data is None else NetworkReport.model_validate_json(parts.unpack(data))
