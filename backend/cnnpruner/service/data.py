"""What an experiment can be made of."""

from cnnpruner.domain.experiments import DataListing
from cnnpruner.engine.data.listing import list_data
from cnnpruner.engine.networks.catalogue import has_timm, network_choices
from cnnpruner.service.workspace import Workspace


def listing(work: Workspace) -> DataListing:
    """Data and checkpoints in the server's data folders, and the networks that it can build."""
    folders = work.config.data
    return DataListing(folders=len(folders), entries=list_data(folders), networks=network_choices(), timm=has_timm())
