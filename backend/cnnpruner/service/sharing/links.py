"""Creates and revokes links that open one tree to others."""

import hashlib
import secrets

from cnnpruner.domain.sharing.links import CreatedLink, Link, NewLink
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.service.workspace import Workspace

TOKEN_BYTES = 32


def create(workspace: Workspace, experiment: Experiment, new: NewLink) -> CreatedLink:
    """Creates a link and stores the hash of its token. Only the return value contains the token itself."""
    token = generate_token()
    link = workspace.store.links.add(experiment.id, new, hash_token(token))
    view = new.view or f"experiment={experiment.id}"
    return CreatedLink(link=link, token=token, path=f"/?{view}#token={token}")


def revoke(workspace: Workspace, link: Link) -> None:
    """Revokes the link at once; event streams that use the link end within a second."""
    workspace.store.links.remove(link.id)


def generate_token() -> str:
    """Returns 256 random bits, encoded for URLs."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Returns the SHA-256 of the token as hexadecimal digits. A token of 256 random bits needs neither a salt nor key
    stretching.
    """
    return hashlib.sha256(token.encode()).hexdigest()
