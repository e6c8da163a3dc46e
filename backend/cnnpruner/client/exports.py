"""What the client can take away of a node, and the one look at the test split."""

from collections.abc import Callable
from pathlib import Path

from cnnpruner.client.addresses import place
from cnnpruner.client.http import Http
from cnnpruner.client.targets import target_of
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sharing.exports import Export, ExportFormat


class ExportCalls:
    """Part of `Client`."""

    _http: Http
    wait: Callable[..., Job]

    def exports(self, node_id: int) -> list[Export]:
        """Files of a node that were made, each with its check."""
        return [Export.model_validate(one) for one in self._http.call("GET", place("nodes", node_id, "exports"))]

    def export(
        self,
        node_id: int,
        format: ExportFormat = "safetensors",
        path: str | Path | None = None,
        show: Callable[[Job], None] | None = None,
    ) -> Path:
        """Download a node's network to `path` (a file, or a folder; here unless given), made and checked first.

        `cnnpruner.load` opens safetensors exports; the README of every archive says how to run it.
        """
        made = next((one for one in self.exports(node_id) if one.format == format), None)
        if made is None:
            job = Job.model_validate(self._http.call("POST", place("nodes", node_id, "export", format=format)))
            made = Export.model_validate(self.wait(job.id, show).result)
        target = target_of(path, made.file)
        self._http.download(place("nodes", node_id, "export", format=format), target)
        return target

    def measure_test(self, node_id: int) -> Job:
        """Measure accuracy on the locked test split, at most once a node; answers at once."""
        return Job.model_validate(self._http.call("POST", place("nodes", node_id, "test")))
