"""Data sets, checkpoints and networks that experiments can be created from."""

from cnnpruner.data import factories
from cnnpruner.data.data_folders import list_data, resolve
from cnnpruner.domain.sources.data import DataEntry, DataListing
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.planning.networks.catalogue import has_timm, network_choices
from cnnpruner.planning.networks.timm_names import timm_names
from cnnpruner.service.workspace import Workspace


def list_sources(workspace: Workspace) -> DataListing:
    """Returns the data sets and checkpoints in the server's data folders, and the networks that it can build."""
    folders = workspace.config.data
    registered_data_sets = [
        DataEntry(path=name, kind="factory", size_bytes=None, classes=None) for name in factories.all_factories()
    ]
    return DataListing(
        folders=len(folders),
        entries=[*registered_data_sets, *list_data(folders)],
        networks=network_choices(),
        timm=has_timm(),
        timm_networks=list(timm_names()),
    )


def check_source(workspace: Workspace, source: DataSource) -> None:
    """Raises InvalidInput for a path that may not be read, and UnusableData for an unknown data factory."""
    for path in (source.path, source.unseen):
        if path is not None:
            resolve(path, workspace.config.data)
    if source.name is not None:
        factories.find_factory(source.name)
