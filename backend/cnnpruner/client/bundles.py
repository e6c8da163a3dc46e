"""Taking a whole experiment away: to another server, or as a page to read."""

from pathlib import Path

from cnnpruner.client.addresses import place
from cnnpruner.client.http import Http
from cnnpruner.client.targets import target_of
from cnnpruner.domain.tree.experiments import Experiment


class BundleCalls:
    """Part of `Client`."""

    _http: Http

    def bundle(
        self, experiment_id: int, path: str | Path | None = None, weights: bool = True, pictures: bool = False
    ) -> Path:
        """Download a whole experiment as one .zip to `path` (a file, or a folder; here unless given).

        Without weights its nodes can be read elsewhere but not pruned; pictures of selection images are data.
        """
        target = target_of(path, f"experiment-{experiment_id}-bundle.zip")
        self._http.download(place("experiments", experiment_id, "bundle", weights=weights, pictures=pictures), target)
        return target

    def unbundle(self, path: str | Path) -> Experiment:
        """Make a new experiment of a bundle: the same tree with the same numbers, under new ids."""
        return Experiment.model_validate(self._http.upload("/bundles", Path(path), "application/zip"))

    def report(self, experiment_id: int, path: str | Path | None = None) -> Path:
        """Download a tree as one HTML page that needs no server, to `path` (a file, or a folder; here unless given)."""
        target = target_of(path, f"experiment-{experiment_id}-report.html")
        self._http.download(place("experiments", experiment_id, "report"), target)
        return target
