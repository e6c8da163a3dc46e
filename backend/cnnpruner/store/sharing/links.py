"""Links, by the hash of their token; the token itself is never here."""

from builtins import list as List
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from cnnpruner.domain.sharing.links import Link, NewLink
from cnnpruner.errors import NotFound
from cnnpruner.store.rows import LinkRow
from cnnpruner.store.sessions import Sessions, now

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a write for every request would cost more than it tells."""

_COLUMNS = tuple(Link.model_fields)


def _link(row: LinkRow) -> Link:
    return Link.model_validate({name: getattr(row, name) for name in _COLUMNS})


def _find(session: Session, link_id: int) -> LinkRow:
    row = session.get(LinkRow, link_id)
    if row is None:
        raise NotFound(f"There is no link {link_id}; GET /api/experiments/<id>/links lists those there are.")
    return row


class Links:
    """Rows of links, as values."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, experiment_id: int, new: NewLink, token_hash: str) -> Link:
        """A new link."""
        made = now()
        with self._sessions.write() as session:
            row = LinkRow(
                experiment_id=experiment_id,
                token_hash=token_hash,
                created_at=made,
                expires_at=None if new.days is None else made + timedelta(days=new.days),
                **new.model_dump(exclude={"days"}),
            )
            session.add(row)
            session.flush()
            return _link(row)

    def get(self, link_id: int) -> Link:
        """One link, or NotFound."""
        with self._sessions.read() as session:
            return _link(_find(session, link_id))

    def list(self, experiment_id: int) -> List[Link]:
        """All of a tree, the newest first, also those whose time is over."""
        query = select(LinkRow).where(LinkRow.experiment_id == experiment_id).order_by(LinkRow.id.desc())
        with self._sessions.read() as session:
            return [_link(row) for row in session.scalars(query)]

    def remove(self, link_id: int) -> None:
        """Withdraw it."""
        with self._sessions.write() as session:
            session.delete(_find(session, link_id))

    def use(self, token_hash: str) -> Link | None:
        """The link of a token; None where it was withdrawn or its time is over."""
        query = select(LinkRow).where(LinkRow.token_hash == token_hash, _is_good(now()))
        with self._sessions.read() as session:
            row = session.scalars(query).first()
            found = None if row is None else _link(row)
        if found is not None and (found.used_at is None or now() - found.used_at > USED_EVERY):
            self._touch(found.id)
        return found

    def _touch(self, link_id: int) -> None:
        with self._sessions.write() as session:
            row = session.get(LinkRow, link_id)
            if row is not None:
                row.used_at = now()

    def good(self, link_ids: Collection[int]) -> set[int]:
        """Those of `link_ids` that still open their tree."""
        query = select(LinkRow.id).where(LinkRow.id.in_(link_ids), _is_good(now()))
        with self._sessions.read() as session:
            return set(session.scalars(query))


def _is_good(at: datetime) -> ColumnElement[bool]:
    return or_(LinkRow.expires_at.is_(None), LinkRow.expires_at > at)
