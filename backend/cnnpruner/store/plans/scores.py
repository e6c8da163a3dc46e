"""Partial scores, for the page to fill its rows while a pass runs."""

from cnnpruner.domain.events import ScoresEvent
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.store.events import emit
from cnnpruner.store.jobs import leased_row
from cnnpruner.store.sessions import Sessions


class PartialScoreEvents:
    """Tells event streams how far a scoring pass is."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def partial(self, job_id: int, attempt: int, scores: PartialScores) -> bool:
        """The newest partial scores replace the last. False: the job is no longer this attempt's."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None or job.experiment_id is None:
                return False
            emit(session, job.experiment_id, ScoresEvent(scores=scores))
            return True
