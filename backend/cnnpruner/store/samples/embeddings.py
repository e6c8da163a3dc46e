"""Stores the maps of samples: finished maps as blobs of their nodes, intermediate layouts (frames) as events."""

from cnnpruner.domain.events import EmbeddingEvent
from cnnpruner.domain.samples.embeddings import Embedding, EmbeddingFrame
from cnnpruner.store import blobs
from cnnpruner.store.events import emit
from cnnpruner.store.jobs import end_job, find_leased_row
from cnnpruner.store.sessions import Sessions
from cnnpruner.store.tree.nodes import find_node, publish_node

BLOB_NAME = "embedding"


class Embeddings:
    """Stores one map per node."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def get(self, node_id: int) -> Embedding | None:
        """Returns the node's map, or None if it has not been computed."""
        with self._sessions.read() as session:
            data = blobs.get(session, {"node_id": node_id}, BLOB_NAME)
        return Embedding.model_validate_json(blobs.unpack_value(data)) if data is not None else None

    def publish_frame(self, job_id: int, attempt: int, frame: EmbeddingFrame) -> bool:
        """Publish an intermediate layout (frame) of a map, replacing the previous one. Returns False if the job is no
        longer leased to this attempt.
        """
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None or job.experiment_id is None:
                return False
            emit(session, job.experiment_id, EmbeddingEvent(**dict(frame)))
            return True

    def finish(self, job_id: int, attempt: int, embedding: Embedding) -> bool:
        """Store the map and complete its job. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            job = find_leased_row(session, job_id, attempt)
            if job is None:
                return False
            blobs.put(session, {"node_id": embedding.node_id}, BLOB_NAME, blobs.pack_value(embedding))
            row = find_node(session, embedding.node_id)
            row.laid_out = True
            end_job(session, job, "done", None)
            publish_node(session, row)
            return True
