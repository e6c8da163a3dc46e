"""Client calls for exports and for test accuracy."""

from collections.abc import Callable
from pathlib import Path

from cnnpruner.client.addresses import api_path
from cnnpruner.client.http import HttpClient
from cnnpruner.client.targets import resolve_output_path
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sharing.exports import Export, ExportFormat


class ExportMixin:
    """Mixin that adds the calls for exports and for test accuracy to `Client`."""

    _http: HttpClient
    wait: Callable[..., Job]

    def exports(self, node_id: int) -> list[Export]:
        """The exported files of a node, each with the result of comparing it with the node's network."""
        return [Export.model_validate(value) for value in self._http.call("GET", api_path("nodes", node_id, "exports"))]

    def export(
        self,
        node_id: int,
        format: ExportFormat = "safetensors",
        path: str | Path | None = None,
        show: Callable[[Job], None] | None = None,
    ) -> Path:
        """Download a node's network, which is first exported and checked if necessary.

        path: the file or folder to save to; by default, the current folder. `cnnpruner.load` opens safetensors exports;
        the README in each archive explains how to run the network.
        """
        export = next((export for export in self.exports(node_id) if export.format == format), None)
        if export is None:
            job = Job.model_validate(self._http.call("POST", api_path("nodes", node_id, "export", format=format)))
            export = Export.model_validate(self.wait(job.id, show).result)
        target = resolve_output_path(path, export.file)
        self._http.download(api_path("nodes", node_id, "export", format=format), target)
        return target

    def measure_test(self, node_id: int) -> Job:
        """Start measuring the accuracy on the locked test split, which is possible only once per node."""
        return Job.model_validate(self._http.call("POST", api_path("nodes", node_id, "test")))
