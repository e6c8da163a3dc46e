"""Where things are: database, model store, data folders, port. The only place that knows paths, ports and secrets."""

import ipaddress
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parent / "page"
"""The built page, inside the package."""

LARGEST_PORT = 65_535
LARGEST_SEED = 2**31 - 1
SHORTEST_TOKEN = 20


@dataclass(frozen=True)
class Config:
    """How one server was started."""

    database: str
    """SQLAlchemy URL."""
    models: Path
    """Folder of the model store."""
    data: tuple[Path, ...]
    """The only folders from which data and checkpoints are read."""
    host: str
    port: int
    demo: bool
    """Make the demo experiment where the database is new."""
    browser: bool
    """Open the page in a browser where there is one."""
    demo_seed: int = 0
    """Of the demo's weights, splits and training."""
    criteria: Path | None = None
    """Folder of the user's own criteria, Python files that workers run; None: there is none."""
    token: str | None = field(default=None, repr=False)
    """The owner's; None: whoever reaches the server is its owner, which only loopback may be."""
    allowed_hosts: tuple[str, ...] = ()
    """Names by which the server is reached beside its own."""
    networks: tuple[str, ...] = ()
    """NAME=FACTORY: Python factories that requests may use by name, imported in workers alone."""
    datasets: tuple[str, ...] = ()
    """The same for data sets."""
    new_store: bool = False
    """Where database and model store do not belong together, move the old folder's content aside and begin anew."""


def database_url(text: str) -> str:
    """`text` as an SQLAlchemy URL; a bare path means an SQLite file."""
    return text if "://" in text else f"sqlite:///{Path(text).expanduser().resolve()}"


def data_folders(text: str) -> tuple[Path, ...]:
    """`folder[:folder]` as paths; empty parts are dropped."""
    return tuple(Path(part).expanduser().resolve() for part in text.split(os.pathsep) if part)


def criteria_folder(text: str) -> Path | None:
    """`text` as a path; None where it is empty."""
    return Path(text).expanduser().resolve() if text else None


def named_factories(text: str) -> tuple[str, ...]:
    """`NAME=FACTORY[;NAME=FACTORY]` in its parts; empty parts are dropped."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def owner_token(text: str) -> str | None:
    """`text` as the owner's token, None where it is empty; where it is too short, the program ends with a sentence."""
    token = text.strip()
    if token and len(token) < SHORTEST_TOKEN:
        sys.exit(f"cnnpruner: a token of {len(token)} characters can be guessed; take one of `openssl rand -hex 32`.")
    return token or None


def token_from_environment() -> str | None:
    """`CNNPRUNER_TOKEN`: the owner's token of a server that starts, and what clients send to one."""
    return owner_token(os.environ.get("CNNPRUNER_TOKEN", ""))


def read_token(file: Path) -> str | None:
    """The owner's token in `file`; where it cannot be read or is empty, the program ends with a sentence."""
    try:
        token = owner_token(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"cnnpruner: the token file {file} cannot be read ({error}).")
    return token or sys.exit(f"cnnpruner: the token file {file} is empty; `openssl rand -hex 32 > {file}` fills it.")


def host_names(text: str) -> tuple[str, ...]:
    """`name[,name]` in lower case, without ports; empty parts are dropped."""
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def is_loopback(host: str) -> bool:
    """Whether an address or name to listen on is this machine's alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def port_number(text: str) -> int:
    """`text` as a port; where it is none, the program ends with a sentence."""
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_PORT):
        sys.exit(
            f"cnnpruner: Port {text!r} is none; choose a number from 0 (any free one) to {LARGEST_PORT}: PORT=8000."
        )
    return int(text)


def seed_number(text: str) -> int:
    """`text` as a seed; where it is none, the program ends with a sentence."""
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_SEED):
        sys.exit(f"cnnpruner: DEMO_SEED is {text!r}; give a whole number from 0 to {LARGEST_SEED}: DEMO_SEED=7.")
    return int(text)


def from_environment() -> Config:
    """The configuration that `PORT`, `DB`, `MODELS`, `DATA`, `CRITERIA`, `NETWORKS`, `HOST`, … describe."""
    return Config(
        database=database_url(os.environ.get("DB") or "experiments.db"),
        models=Path(os.environ.get("MODELS") or "models").expanduser().resolve(),
        data=data_folders(os.environ.get("DATA", "")),
        host=os.environ.get("HOST") or "127.0.0.1",
        port=port_number(os.environ.get("PORT") or "8000"),
        demo=os.environ.get("DEMO", "1") != "0",
        demo_seed=seed_number(os.environ.get("DEMO_SEED") or "0"),
        browser=os.environ.get("NO_BROWSER", "0") in ("", "0"),
        criteria=criteria_folder(os.environ.get("CRITERIA", "")),
        networks=named_factories(os.environ.get("NETWORKS", "")),
        datasets=named_factories(os.environ.get("DATASETS", "")),
        token=token_from_environment(),
        allowed_hosts=host_names(os.environ.get("ALLOWED_HOSTS", "")),
        new_store=os.environ.get("NEW_STORE", "0") not in ("", "0"),
    )


def max_bytes_in_memory() -> int:
    """Image sets up to this size as pixels are held in memory: `CNNPRUNER_IMAGES_MB`, else a sixteenth of the memory.

    Two workers keep up to two sets each, so the usual value may come to a quarter of the machine.
    """
    given = os.environ.get("CNNPRUNER_IMAGES_MB", "").strip()
    if not given:
        return max(_memory_bytes() // 16, 64 * 2**20)
    if not (given.isascii() and given.isdigit()):
        sys.exit(f"cnnpruner: CNNPRUNER_IMAGES_MB is {given!r}; give whole megabytes: CNNPRUNER_IMAGES_MB=512.")
    return int(given) * 2**20


def _memory_bytes() -> int:
    """Of this machine, or what its container may use."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return min(machine, int(Path(limit).read_text()))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    return machine


def server_url() -> str:
    """Where commands and notebooks look for a server."""
    return os.environ.get("CNNPRUNER_SERVER") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
