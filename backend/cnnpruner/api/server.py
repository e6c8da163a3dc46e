"""Starts the server: opens the store, starts the workers and the web server, and opens the page in a browser."""

import logging
import os
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import uvicorn
from fastapi import FastAPI

from cnnpruner.api.app import create_app
from cnnpruner.config import Config, from_environment, is_loopback
from cnnpruner.errors import InvalidInput, Unavailable
from cnnpruner.service.lifecycle import build_workspace, make_demo_experiment, run_jobs
from cnnpruner.service.sharing.links import generate_token
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)

MAX_DEMO_WAIT_S = 8.0
"""Maximum time, in seconds, that the server waits at startup until the demo experiment has been created (but not
trained), so that the page can show it at once.
"""


def serve(config: Config) -> None:
    """Runs the server until it is interrupted."""
    _check_folders(config)
    config, is_new_token = ensure_token(config)
    listener = _bind_socket(config)
    workspace = build_workspace(config)
    with run_jobs(workspace):
        log.info("Starting; with a new database this takes a few seconds")
        _start_demo(workspace).join(MAX_DEMO_WAIT_S)
        url = f"http://{_url_host(config)}:{listener.getsockname()[1]}"
        log.info("CNNPruner is running at %s", url)
        if is_new_token:
            log.info("Sign in as the owner at %s/#token=%s (this token is not shown again)", url, config.token)
        if config.open_browser:
            threading.Thread(target=_open_browser, args=(url,), daemon=True).start()
        options = uvicorn.Config(
            create_app(workspace),
            log_level="warning",
            timeout_graceful_shutdown=2,
            server_header=False,
            log_config=None,
        )
        uvicorn.Server(options).run(sockets=[listener])


def _check_folders(config: Config) -> None:
    for folder in config.data:
        if not folder.is_dir():
            raise InvalidInput(f"The data folder {folder} does not exist; create it or remove it from DATA.")
    if config.criteria is not None and not config.criteria.is_dir():
        raise InvalidInput(f"The criteria folder {config.criteria} does not exist; create it or leave CRITERIA unset.")


def ensure_token(config: Config) -> tuple[Config, bool]:
    """Creates a token for the owner if other machines can reach the server and no token is set. Returns the config with
    the token, and whether the token is new.
    """
    if config.token is not None or is_loopback(config.host):
        return config, False
    return replace(config, token=generate_token()), True


def _url_host(config: Config) -> str:
    """Returns the host for URLs that a browser can open. This is the machine's name if the server listens on all
    addresses (0.0.0.0 or ::), because browsers cannot open these addresses.
    """
    host = socket.gethostname() if config.host in ("0.0.0.0", "::") else config.host
    return f"[{host}]" if ":" in host else host


def _bind_socket(config: Config) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        listener.close()
        raise Unavailable(
            f"Port {config.port} on {config.host} cannot be used ({error.strerror}); choose another port: make serve "
            f"PORT={config.port + 1}."
        ) from error
    return listener


def _start_demo(workspace: Workspace) -> threading.Thread:
    demo_thread = threading.Thread(target=make_demo_experiment, args=(workspace,), name="demo", daemon=True)
    demo_thread.start()
    return demo_thread


def _open_browser(url: str) -> None:
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt"
    if has_display or os.uname().sysname == "Darwin":
        webbrowser.open(url)


def create_dev_app() -> FastAPI:
    """Returns the app for a server that restarts whenever the code changes (`make dev`)."""
    workspace = build_workspace(ensure_token(from_environment())[0])
    app = create_app(workspace)
    app_lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        with run_jobs(workspace):
            _start_demo(workspace)
            async with app_lifespan(application):
                yield

    app.router.lifespan_context = lifespan
    return app
