"""Stores links with the hash of their token; the token itself is never stored."""

from builtins import list as List
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from cnnpruner.domain.sharing.links import Link, NewLink
from cnnpruner.errors import NotFound
from cnnpruner.store.rows import LinkRow
from cnnpruner.store.sessions import Sessions, now

LAST_USE_UPDATE_INTERVAL = timedelta(minutes=1)
"""Minimum time between two updates of a link's time of last use. An update for every request would cost too much."""

_LINK_COLUMNS = tuple(Link.model_fields)


def _link_from_row(row: LinkRow) -> Link:
    return Link.model_validate({name: getattr(row, name) for name in _LINK_COLUMNS})


def _find_link_row(session: Session, link_id: int) -> LinkRow:
    row = session.get(LinkRow, link_id)
    if row is None:
        raise NotFound(f"There is no link {link_id}; GET /api/experiments/<id>/links lists the existing links.")
    return row


class Links:
    """Stores links."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, experiment_id: int, new: NewLink, token_hash: str) -> Link:
        """Add a link."""
        created_at = now()
        with self._sessions.write() as session:
            row = LinkRow(
                experiment_id=experiment_id,
                token_hash=token_hash,
                created_at=created_at,
                expires_at=None if new.days is None else created_at + timedelta(days=new.days),
                **new.model_dump(exclude={"days"}),
            )
            session.add(row)
            session.flush()
            return _link_from_row(row)

    def get(self, link_id: int) -> Link:
        """Returns the link. Raises NotFound."""
        with self._sessions.read() as session:
            return _link_from_row(_find_link_row(session, link_id))

    def list(self, experiment_id: int) -> List[Link]:
        """Returns all links to a tree, newest first, including expired ones."""
        query = select(LinkRow).where(LinkRow.experiment_id == experiment_id).order_by(LinkRow.id.desc())
        with self._sessions.read() as session:
            return [_link_from_row(row) for row in session.scalars(query)]

    def remove(self, link_id: int) -> None:
        """Delete the link, which revokes it. Raises NotFound."""
        with self._sessions.write() as session:
            session.delete(_find_link_row(session, link_id))

    def find_valid_link(self, token_hash: str) -> Link | None:
        """Returns the link whose token has this hash, or None if the link was revoked or has expired. Updates the time
        of last use.
        """
        query = select(LinkRow).where(LinkRow.token_hash == token_hash, _is_link_valid(now()))
        with self._sessions.read() as session:
            row = session.scalars(query).first()
            link = None if row is None else _link_from_row(row)
        if link is not None and (link.used_at is None or now() - link.used_at > LAST_USE_UPDATE_INTERVAL):
            self._update_last_use(link.id)
        return link

    def _update_last_use(self, link_id: int) -> None:
        with self._sessions.write() as session:
            row = session.get(LinkRow, link_id)
            if row is not None:
                row.used_at = now()

    def find_valid_ids(self, link_ids: Collection[int]) -> set[int]:
        """Returns the ids in `link_ids` whose links are still valid: neither revoked nor expired."""
        query = select(LinkRow.id).where(LinkRow.id.in_(link_ids), _is_link_valid(now()))
        with self._sessions.read() as session:
            return set(session.scalars(query))


def _is_link_valid(current_time: datetime) -> ColumnElement[bool]:
    return or_(LinkRow.expires_at.is_(None), LinkRow.expires_at > current_time)
