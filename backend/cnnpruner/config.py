"""Configuration of a server and its clients. No other module reads paths, ports or secrets from the environment."""

import ipaddress
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

PAGE_FOLDER = Path(__file__).parent / "page"
"""Folder of the built web page, which is part of the Python package."""

MAX_PORT = 65_535
MAX_SEED = 2**31 - 1
MIN_TOKEN_LENGTH = 20


@dataclass(frozen=True)
class Config:
    """Configuration of one server."""

    database: str
    """SQLAlchemy URL of the database."""
    models: Path
    """Folder of the model store."""
    data: tuple[Path, ...]
    """The only folders from which data and checkpoints may be read."""
    host: str
    port: int
    demo: bool
    """Whether to create the demo experiment if the database is new."""
    open_browser: bool
    """Whether to open the page in a browser, if the machine has one."""
    demo_seed: int = 0
    """Seed of the demo's weights, splits and training."""
    criteria: Path | None = None
    """Folder of user-defined criteria, which are Python files that workers run; None if no folder is set."""
    token: str | None = field(default=None, repr=False)
    """The owner's token. If None, everyone is treated as the owner, which is only allowed if no other machine can
    connect.
    """
    allowed_hosts: tuple[str, ...] = ()
    """Additional host names that clients can use to reach the server."""
    networks: tuple[str, ...] = ()
    """Networks that requests may use by name, as NAME=FACTORY. Only workers import the factories."""
    datasets: tuple[str, ...] = ()
    """Data sets that requests may use by name, as NAME=FACTORY."""
    start_new_store: bool = False
    """Whether to move the files in the model store aside and start with an empty store if they belong to another
    database.
    """


def parse_database_url(text: str) -> str:
    """Returns `text` as an SQLAlchemy URL. Without `://`, `text` is the path of an SQLite file."""
    return text if "://" in text else f"sqlite:///{Path(text).expanduser().resolve()}"


def parse_data_folders(text: str) -> tuple[Path, ...]:
    """Splits a list of folders such as `folder:folder` into paths; empty parts are dropped."""
    return tuple(Path(folder).expanduser().resolve() for folder in text.split(os.pathsep) if folder)


def parse_criteria_folder(text: str) -> Path | None:
    """Returns `text` as a path, or None if it is empty."""
    return Path(text).expanduser().resolve() if text else None


def split_named_factories(text: str) -> tuple[str, ...]:
    """Splits a list such as `NAME=FACTORY;NAME=FACTORY` at the semicolons; empty parts are dropped."""
    return tuple(factory.strip() for factory in text.split(";") if factory.strip())


def parse_owner_token(text: str) -> str | None:
    """Returns `text` as the owner's token, or None if it is empty. Exits with a message if it is too short."""
    token = text.strip()
    if token and len(token) < MIN_TOKEN_LENGTH:
        sys.exit(f"cnnpruner: A token of {len(token)} characters can be guessed; use `openssl rand -hex 32`.")
    return token or None


def token_from_environment() -> str | None:
    """Returns the value of `CNNPRUNER_TOKEN`, which a server uses as the owner's token and a client sends to its
    server; None if it is not set.
    """
    return parse_owner_token(os.environ.get("CNNPRUNER_TOKEN", ""))


def read_token(file: Path) -> str | None:
    """Reads the owner's token from `file`. Exits with a message if there is no such file or no valid token in it."""
    try:
        token = parse_owner_token(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"cnnpruner: The token file {file} cannot be read ({error}).")
    return token or sys.exit(f"cnnpruner: The token file {file} is empty; run `openssl rand -hex 32 > {file}`.")


def parse_host_names(text: str) -> tuple[str, ...]:
    """Splits a list of host names such as `name,name`, in lower case; empty parts are dropped."""
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def is_loopback(host: str) -> bool:
    """Returns whether a server that listens on `host`, an address or name, can be reached only from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_port(text: str) -> int:
    """Returns `text` as a port. Exits with a message if it is not valid."""
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        sys.exit(
            f"cnnpruner: {text!r} is not a port; choose a number from 0 (any free port) to {MAX_PORT}, "
            "for instance PORT=8000."
        )
    return int(text)


def parse_seed(text: str) -> int:
    """Returns `text` as a seed. Exits with a message if it is not valid."""
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_SEED):
        sys.exit(
            f"cnnpruner: DEMO_SEED must be a whole number from 0 to {MAX_SEED}, not {text!r}; for instance DEMO_SEED=7."
        )
    return int(text)


def from_environment() -> Config:
    """Reads the configuration from environment variables: `PORT`, `DB`, `MODELS`, `DATA`, `CRITERIA`, `NETWORKS`,
    `HOST`, …
    """
    return Config(
        database=parse_database_url(os.environ.get("DB") or "experiments.db"),
        models=Path(os.environ.get("MODELS") or "models").expanduser().resolve(),
        data=parse_data_folders(os.environ.get("DATA", "")),
        host=os.environ.get("HOST") or "127.0.0.1",
        port=parse_port(os.environ.get("PORT") or "8000"),
        demo=os.environ.get("DEMO", "1") != "0",
        demo_seed=parse_seed(os.environ.get("DEMO_SEED") or "0"),
        open_browser=os.environ.get("NO_BROWSER", "0") in ("", "0"),
        criteria=parse_criteria_folder(os.environ.get("CRITERIA", "")),
        networks=split_named_factories(os.environ.get("NETWORKS", "")),
        datasets=split_named_factories(os.environ.get("DATASETS", "")),
        token=token_from_environment(),
        allowed_hosts=parse_host_names(os.environ.get("ALLOWED_HOSTS", "")),
        start_new_store=os.environ.get("NEW_STORE", "0") not in ("", "0"),
    )


def max_bytes_in_memory() -> int:
    """Returns the maximum size, in bytes of pixel data, of an image set that is loaded into memory. Set by
    `CNNPRUNER_IMAGES_MB`; the default is a sixteenth of the machine's memory. Two workers cache up to two image sets
    each, so the default uses at most a quarter of the memory.
    """
    image_memory_mb = os.environ.get("CNNPRUNER_IMAGES_MB", "").strip()
    if not image_memory_mb:
        return max(_memory_bytes() // 16, 64 * 2**20)
    if not (image_memory_mb.isascii() and image_memory_mb.isdigit()):
        problem = f"CNNPRUNER_IMAGES_MB must be a whole number of megabytes, not {image_memory_mb!r}"
        sys.exit(f"cnnpruner: {problem}; for instance CNNPRUNER_IMAGES_MB=512.")
    return int(image_memory_mb) * 2**20


def _memory_bytes() -> int:
    """Returns the memory of this machine in bytes, or the container's memory limit if that is lower."""
    machine_memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for memory_limit_file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return min(machine_memory_bytes, int(Path(memory_limit_file).read_text()))
        except (OSError, ValueError):  # no such control group, or "max"
            continue
    return machine_memory_bytes


def server_url() -> str:
    """Returns the address of the server that commands and notebooks use by default."""
    return os.environ.get("CNNPRUNER_SERVER") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
