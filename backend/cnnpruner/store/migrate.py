"""Upgrades a database with Alembic; the numbered migrations are in `migrations/versions`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from cnnpruner.errors import StorageFailed

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    return config


def read_version(engine: Engine) -> str | None:
    """Returns the version of the database, or None for a new database. Raises StorageFailed if it cannot be opened."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        name = engine.url.render_as_string(hide_password=True)
        sentence = f"The database {name} cannot be opened ({error.orig}); repair it or choose another one with DB=."
        raise StorageFailed(sentence) from error


def require_known_version(engine: Engine) -> str | None:
    """Returns the version of the database, or None for a new database.

    Raises StorageFailed if the database is newer than this program or cannot be opened.
    """
    version = read_version(engine)
    known_versions = {script.revision for script in ScriptDirectory.from_config(_alembic_config()).walk_revisions()}
    if version is not None and version not in known_versions:
        sentence = f"The database has version {version}; this program is too old to read it. Install a newer CNNPruner."
        raise StorageFailed(sentence, version=version)
    return version


def upgrade(engine: Engine, version: str = "head") -> None:
    """Upgrade the database to `version`; several processes may call this at the same time.

    Raises the same errors as `require_known_version`.
    """
    config = _alembic_config()
    if require_known_version(engine) == ScriptDirectory.from_config(config).get_current_head() and version == "head":
        return
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
