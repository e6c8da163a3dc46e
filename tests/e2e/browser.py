"""A real headless Chromium, whose console must stay clean."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from tests.e2e.chromium import CURE, FLAGS, find_chromium

TIMEOUT_MS = 30_000
REFUSED = "the server responded with a status of 4"
# Hold every answer, and the event stream, up by chance for up to so long: finds what relies on their order.
ANSWERS_LATE_MS = os.environ.get("ANSWERS_LATE_MS", "")
EVENTS_LATE_MS = os.environ.get("EVENTS_LATE_MS", "")
LATE_ANSWERS = """
  const ask = window.fetch.bind(window);
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    await new Promise((resume) => setTimeout(resume, Math.random() * LONGEST_MS));
    return answer;
  };
"""
LATE_EVENTS = """
  const listen = EventSource.prototype.addEventListener;
  let due = 0;  // events keep their order
  EventSource.prototype.addEventListener = function (kind, hear) {
    listen.call(this, kind, (event) => {
      due = Math.max(due, performance.now() + Math.random() * LONGEST_MS);
      setTimeout(hear, due - performance.now(), event);
    });
  };
"""


@contextmanager
def open_page(width: int = 1440, height: int = 900, scale: float = 1, *, may_refuse: bool = False) -> Iterator[Page]:
    """A page that fails the test where the browser logs an error, or something reaches beyond this machine.

    may_refuse: the browser may log that the server refused something (4xx).
    """
    chromium = find_chromium()
    assert chromium is not None, CURE
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.extend(_complaints(message, may_refuse)))
        page.on("request", lambda request: faults.append(request.url) if _is_foreign(request.url) else None)
        for script, longest in ((LATE_ANSWERS, ANSWERS_LATE_MS), (LATE_EVENTS, EVENTS_LATE_MS)):
            if longest:
                page.add_init_script(script.replace("LONGEST_MS", longest))
        yield page
        browser.close()
    assert not faults, "\n".join(faults)


def _complaints(message: ConsoleMessage, may_refuse: bool) -> list[str]:
    if message.type != "error" or (may_refuse and REFUSED in message.text):
        return []
    return [f"{message.text} {message.location['url']}"]


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))
