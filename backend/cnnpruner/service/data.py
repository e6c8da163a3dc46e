"""What an experiment can be made of."""

from cnnpruner.domain.experiments import DataEntry, DataListing
from cnnpruner.engine.data.listing import list_data
from cnnpruner.engine.networks.catalogue import NETWORKS
from cnnpruner.service.workspace import Workspace

DIGITS = DataEntry(path="", kind="digits", size_bytes=None, classes=10)
"""Comes with scikit-learn, needs no folder."""


def listing(work: Workspace) -> DataListing:
    """Data and checkpoints in the server's data folders, and the networks that it can build."""
    folders = work.config.data
    return DataListing(folders=len(folders), entries=[DIGITS, *list_data(folders)], networks=list(NETWORKS.values()))
