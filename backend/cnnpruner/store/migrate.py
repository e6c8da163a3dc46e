"""Brings a database up to date with Alembic; migrations are numbered, in `migrations/versions`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from cnnpruner.errors import StorageFailed

FOLDER = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def current(engine: Engine) -> str | None:
    """The version of the database, None for a new one. Raises StorageFailed where it cannot be opened."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        name = engine.url.render_as_string(hide_password=True)
        sentence = f"The database {name} cannot be opened ({error.orig}); choose another with DB=, or mend this one."
        raise StorageFailed(sentence) from error


def upgrade(engine: Engine, version: str = "head") -> None:
    """Bring the database to `version`; several processes may try at once.

    Raises StorageFailed where the database is newer than this program.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    found = current(engine)
    if found is not None and found == scripts.get_current_head() and version == "head":
        return
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        sentence = f"The database has version {found}, which this program does not know; install a newer CNNPruner."
        raise StorageFailed(sentence, version=found)
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
