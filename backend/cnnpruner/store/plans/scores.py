"""Publishes partial scores, so that the page can show them while a scoring pass runs."""

from cnnpruner.domain.events import ScoresEvent
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.store.events import emit
from cnnpruner.store.jobs import find_leased_row
from cnnpruner.store.sessions import Sessions


class PartialScoreEvents:
    """Publishes partial scores to the event streams."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def publish(self, job_id: int, attempt: int, scores: PartialScores) -> bool:
        """Publish partial scores in place of the previous ones. Returns False if the job is no longer leased to this
        attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None or job.experiment_id is None:
                return False
            emit(session, job.experiment_id, ScoresEvent(scores=scores))
            return True
