"""Maps of samples: the finished ones as parts of their nodes, frames of those in the making as events."""

from cnnpruner.domain.events import EmbeddingEvent
from cnnpruner.domain.samples.embeddings import Embedding, EmbeddingFrame
from cnnpruner.store import blobs
from cnnpruner.store.events import emit
from cnnpruner.store.jobs import end, leased_row
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree.nodes import find_node, tell_node

PART = "embedding"


class Embeddings:
    """One per node."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def get(self, node_id: int) -> Embedding | None:
        """The node's map, or None while it is not computed."""
        with self._sessions.read() as session:
            data = blobs.get(session, {"node_id": node_id}, PART)
        return Embedding.model_validate_json(blobs.unpack(data)) if data is not None else None

    def frame(self, job_id: int, attempt: int, frame: EmbeddingFrame) -> bool:
        """Tell the event streams; the newest replaces the last. False: the job is no longer this attempt's."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None or job.experiment_id is None:
                return False
            emit(session, job.experiment_id, EmbeddingEvent(**dict(frame)))
            return True

    def finish(self, job_id: int, attempt: int, embedding: Embedding) -> bool:
        """Keep the map; the job is done. False: the job is no longer this attempt's."""
        with self._sessions.write() as session:
            job = leased_row(session, job_id, attempt)
            if job is None:
                return False
            blobs.put(session, {"node_id": embedding.node_id}, PART, blobs.pack(embedding))
            row = find_node(session, embedding.node_id)
            row.laid_out = True
            end(session, job, "done", None)
            tell_node(session, row)
            return True
