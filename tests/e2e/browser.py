"""Opens pages in a headless Chromium and fails if its console reports errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from tests.e2e.chromium import FLAGS, HOW_TO_INSTALL, find_chromium

TIMEOUT_MS = 30_000
REFUSED = "the server responded with a status of 4"
# Delay every answer and event by a random time up to this, to find code that relies on their order.
ANSWERS_LATE_MS = os.environ.get("ANSWERS_LATE_MS", "")
EVENTS_LATE_MS = os.environ.get("EVENTS_LATE_MS", "")
LATE_ANSWERS = """
  const send = window.fetch.bind(window);
  window.fetch = async (...request) => {
    const answer = await send(...request);
    await new Promise((resume) => setTimeout(resume, Math.random() * LONGEST_MS));
    return answer;
  };
"""
LATE_EVENTS = """
  const listen = EventSource.prototype.addEventListener;
  let due = 0;  // events keep their order
  EventSource.prototype.addEventListener = function (kind, handler) {
    listen.call(this, kind, (event) => {
      due = Math.max(due, performance.now() + Math.random() * LONGEST_MS);
      setTimeout(handler, due - performance.now(), event);
    });
  };
"""


@contextmanager
def open_page(width: int = 1440, height: int = 900, scale: float = 1, *, may_refuse: bool = False) -> Iterator[Page]:
    """A page that fails the test if the browser logs an error or requests anything from another machine.

    may_refuse: errors about refused requests (4xx) are allowed.
    """
    chromium = find_chromium()
    assert chromium is not None, HOW_TO_INSTALL
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.extend(_logged_errors(message, may_refuse)))
        page.on("request", lambda request: errors.append(request.url) if _is_external(request.url) else None)
        for script, longest in ((LATE_ANSWERS, ANSWERS_LATE_MS), (LATE_EVENTS, EVENTS_LATE_MS)):
            if longest:
                page.add_init_script(script.replace("LONGEST_MS", longest))
        yield page
        browser.close()
    assert not errors, "\n".join(errors)


def _logged_errors(message: ConsoleMessage, may_refuse: bool) -> list[str]:
    if message.type != "error" or (may_refuse and REFUSED in message.text):
        return []
    return [f"{message.text} {message.location['url']}"]


def _is_external(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))
