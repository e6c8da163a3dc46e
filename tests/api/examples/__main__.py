"""Records the examples again: `make examples`, about a minute on two cores."""

import tempfile
from pathlib import Path

from PIL import Image

from cnnpruner.api.document.examples import EXAMPLES_FILE
from tests.api.examples.recorder import Recorder
from tests.api.examples.session import run_session
from tests.e2e.server import Server

PICTURES = "parts"
EACH = 20


def main() -> None:
    """Starts a server with the demo, makes every call and writes the responses."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        draw_pictures(data / PICTURES)
        server = Server(Path(folder), data=(data,)).start()
        try:
            server.ready(server.demo_root())
            recorder = Recorder(server.url)
            run_session(recorder, PICTURES)
        finally:
            server.stop()
        recorder.write(EXAMPLES_FILE)


def draw_pictures(folder: Path) -> None:
    """Writes two classes of gray images, one of which is truncated."""
    for shade, name in ((60, "bolt"), (180, "nut")):
        for number in range(EACH):
            file = folder / "train" / name / f"{number:03}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (48, 40), shade + number).save(file)
    broken = folder / "train" / "nut" / "000.png"
    broken.write_bytes(broken.read_bytes()[:60])


if __name__ == "__main__":
    main()
