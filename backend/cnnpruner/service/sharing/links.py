"""Links that open one tree to others: made, listed, withdrawn."""

import hashlib
import secrets

from cnnpruner.domain.sharing.links import CreatedLink, Link, NewLink
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.service.workspace import Workspace

TOKEN_BYTES = 32


def make(workspace: Workspace, experiment: Experiment, new: NewLink) -> CreatedLink:
    """Keep a new link by its token's hash; the token is told this once."""
    token = new_token()
    link = workspace.store.links.add(experiment.id, new, hash_token(token))
    view = new.view or f"experiment={experiment.id}"
    return CreatedLink(link=link, token=token, path=f"/?{view}#token={token}")


def withdraw(workspace: Workspace, link: Link) -> None:
    """From now on it opens nothing; event streams that it holds end within a second."""
    workspace.store.links.remove(link.id)


def new_token() -> str:
    """256 random bits in letters that a URL may hold."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal digits. No salt, no stretching: nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
