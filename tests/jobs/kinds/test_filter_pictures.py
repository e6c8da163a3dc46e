"""The disk space of cached filter pictures is limited."""

import os
from pathlib import Path

from cnnpruner.jobs.kinds.filter_pictures import remove_oldest_picture_blocks


def test_the_least_recently_used_pictures_are_removed_first_and_layer_files_stay(tmp_path: Path) -> None:
    for age, name in enumerate(["sample-1.json", "sample-2.json", "sample-3.json", "layer-0.json"]):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, ns=(age, age))
    os.utime(tmp_path / "sample-1.json", ns=(10, 10))
    remove_oldest_picture_blocks(tmp_path, 200)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["layer-0.json", "sample-1.json", "sample-3.json"]
    remove_oldest_picture_blocks(tmp_path, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["layer-0.json"]
