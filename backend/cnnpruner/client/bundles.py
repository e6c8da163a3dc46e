"""Client calls for bundles and HTML reports."""

from pathlib import Path

from cnnpruner.client.addresses import api_path
from cnnpruner.client.http import HttpClient
from cnnpruner.client.targets import resolve_output_path
from cnnpruner.domain.tree.experiments import Experiment


class BundleMixin:
    """Mixin that adds the calls for bundles and HTML reports to `Client`."""

    _http: HttpClient

    def bundle(
        self, experiment_id: int, path: str | Path | None = None, weights: bool = True, pictures: bool = False
    ) -> Path:
        """Download a whole experiment as a .zip file.

        path: the file or folder to save to; by default, the current folder. weights: whether to include the weights;
        without them, the server that opens the bundle can show the nodes but not prune them. pictures: whether to
        include small pictures of the selection images, which are part of your data.
        """
        target = resolve_output_path(path, f"experiment-{experiment_id}-bundle.zip")
        self._http.download(
            api_path("experiments", experiment_id, "bundle", weights=weights, pictures=pictures), target
        )
        return target

    def unbundle(self, path: str | Path) -> Experiment:
        """Create a new experiment from a bundle: the same tree, with the same node numbers but new ids."""
        return Experiment.model_validate(self._http.upload("/bundles", Path(path), "application/zip"))

    def report(self, experiment_id: int, path: str | Path | None = None) -> Path:
        """Download a tree as a self-contained HTML page.

        path: the file or folder to save to; by default, the current folder.
        """
        target = resolve_output_path(path, f"experiment-{experiment_id}-report.html")
        self._http.download(api_path("experiments", experiment_id, "report"), target)
        return target
