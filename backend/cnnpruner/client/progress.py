"""A progress bar for jobs: from tqdm if it is installed, otherwise a line of text."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cnnpruner.domain.jobs import Job

ProgressCallback = Callable[[Job], None]
BAR_WIDTH = 30


@contextmanager
def progress_bar(is_shown: bool = True) -> Iterator[ProgressCallback]:
    """Yields a function that shows the progress of the job passed to it. If `is_shown` is false, the function does
    nothing.
    """
    if not is_shown:
        yield lambda _: None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield _draw_text_bar
        sys.stderr.write("\n")
        return
    with tqdm(total=100, bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def update_bar(job: Job) -> None:
            bar.set_description(job.message, refresh=False)
            bar.update(round(100 * job.progress) - bar.n)

        yield update_bar


def _draw_text_bar(job: Job) -> None:
    filled_width = round(BAR_WIDTH * job.progress)
    time_left_text = "" if job.eta_s is None else f", {job.eta_s:.0f} s left"
    bar = f"{'#' * filled_width}{'.' * (BAR_WIDTH - filled_width)}"
    sys.stderr.write(f"\r\033[K[{bar}] {job.progress:.0%} {job.message}{time_left_text}")
    sys.stderr.flush()
