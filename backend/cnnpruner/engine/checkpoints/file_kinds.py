"""Recognises, by their first bytes, files that are not PyTorch checkpoints, and says what to do about them."""

import codecs
import re
import zipfile
from pathlib import Path

from cnnpruner.errors import UnreadableWeights

HEAD_BYTES = 4096
MAX_QUOTED_CHARACTERS = 60
MAX_LISTED_FILES = 3

SAVE_STATE_DICT_ADVICE = (
    "CNNPruner reads PyTorch weights; save the network's state_dict() with torch.save and use that file."
)

MAGIC_BYTES = (
    (0, b"\x89HDF\r\n", f"{{file}} is an HDF5 file, the format in which Keras saves models. {SAVE_STATE_DICT_ADVICE}"),
    (0, b"\x93NUMPY", f"{{file}} is a NumPy array. {SAVE_STATE_DICT_ADVICE}"),
    (0, b"GGUF", f"{{file}} is a GGUF file of a language model. {SAVE_STATE_DICT_ADVICE}"),
    (4, b"TFL3", f"{{file}} is a TensorFlow Lite model. {SAVE_STATE_DICT_ADVICE}"),
    (0, b"%PDF", "{file} is a PDF document. Choose the PyTorch checkpoint instead."),
    (0, b"\x89PNG", "{file} is an image. Choose the PyTorch checkpoint instead."),
    (0, b"\xff\xd8\xff", "{file} is an image. Choose the PyTorch checkpoint instead."),
    (0, b"\x1f\x8b", "{file} is compressed with gzip. Unpack it and use the checkpoint inside."),
    (0, b"BZh", "{file} is compressed with bzip2. Unpack it and use the checkpoint inside."),
    (0, b"\xfd7zXZ", "{file} is compressed with xz. Unpack it and use the checkpoint inside."),
    (0, b"\x28\xb5\x2f\xfd", "{file} is compressed with Zstandard. Unpack it and use the checkpoint inside."),
    (0, b"7z\xbc\xaf", "{file} is a 7z archive. Unpack it and use the checkpoint inside."),
    (0, b"Rar!", "{file} is a RAR archive. Unpack it and use the checkpoint inside."),
    (257, b"ustar", "{file} is a tar archive. Unpack it and use the checkpoint inside."),
)
"""For each kind of file: an offset, the bytes at this offset by which it is recognised, and a text that says what it
is and what to do. `{file}` stands for the name of the file.
"""

_WEB_PAGE_MESSAGE = (
    "{file} is a web page, for example a login or error page in place of the download. Open the address in a "
    "browser, download the checkpoint itself, and copy it again."
)
_XML_MESSAGE = (
    "{file} is an XML document, for example an error message in place of the download. Download the checkpoint "
    "itself and copy it again."
)
TEXT_PREFIXES = (
    (
        "version https://git-lfs.github.com",
        "{file} is a Git LFS pointer, a small text file in place of the checkpoint. Run `git lfs pull` in its "
        "repository, or download the checkpoint itself, and copy it again.",
    ),
    ("<!doctype html", _WEB_PAGE_MESSAGE),
    ("<html", _WEB_PAGE_MESSAGE),
    ("<?xml", _XML_MESSAGE),
    ("<error", _XML_MESSAGE),
)
"""First words, in lower case, of text files that are often downloaded by mistake instead of a checkpoint, each with a
text that says what the file is. `{file}` stands for the name of the file.
"""

SHARD_NAME_PATTERN = re.compile(r"-(\d{5})-of-(\d{5})\.\w+$")
"""Matches the file names of the parts into which Hugging Face splits large checkpoints."""


def require_checkpoint(path: Path) -> None:
    """Raise UnreadableWeights if the file is recognised as anything but a PyTorch checkpoint; the message says what to
    do. Files of unknown kinds are accepted.
    """
    description = _describe_shard(path.name) or _describe_content(path)
    if description is not None:
        raise UnreadableWeights(description, file=path.name)


def has_safetensors_content(path: Path) -> bool:
    """Whether the file starts like a safetensors file: with the length of a JSON object, followed by the object."""
    head = _read_first_bytes(path)[:10]
    return len(head) == 10 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") < 10**9


def _describe_content(path: Path) -> str | None:
    head = _read_first_bytes(path)
    if not head:
        return f"{path.name} is empty (0 bytes). Copy or download it again."
    for offset, magic_bytes, description in MAGIC_BYTES:
        if head[offset:].startswith(magic_bytes):
            return description.format(file=path.name)
    if zipfile.is_zipfile(path) and head.startswith(b"PK"):
        return _describe_zip(path)
    if _is_onnx(head):
        return f"{path.name} is an ONNX model. {SAVE_STATE_DICT_ADVICE}"
    return _describe_text(path.name, head)


def _read_first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableWeights(
            f"{path.name} cannot be read ({error.strerror or error}); check its permissions.", file=path.name
        ) from error


def _describe_shard(name: str) -> str | None:
    match = SHARD_NAME_PATTERN.search(name)
    if match is None or int(match[2]) < 2:
        return None
    return (
        f"{name} is part {int(match[1])} of {int(match[2])} of a checkpoint that is split over several files. Load all "
        "parts and save the weights as one file: collect the tensors of all parts in one dictionary, and save it with "
        "torch.save."
    )


def _describe_zip(path: Path) -> str | None:
    """Say what kind of ZIP archive the file is; None if it was written by torch.save."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    base_names = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in base_names:
        return (
            f"{path.name} is a TorchScript program, which contains code. Save its weights alone: "
            f'torch.save(torch.jit.load("{path.name}").state_dict(), "weights.pth").'
        )
    if "data.pkl" in base_names:
        return None
    if base_names & {"serialized_exported_program.json", "archive_format"}:
        return f"{path.name} is a program saved by torch.export. {SAVE_STATE_DICT_ADVICE}"
    if "model.weights.h5" in base_names:
        return f"{path.name} is a Keras model. {SAVE_STATE_DICT_ADVICE}"
    if names and all(name.endswith(".npy") for name in names):
        return f"{path.name} is an archive of NumPy arrays. {SAVE_STATE_DICT_ADVICE}"
    shown_file_names = ", ".join(names[:MAX_LISTED_FILES]) + (", …" if len(names) > MAX_LISTED_FILES else "")
    content = f" of {len(names)} files ({shown_file_names})" if names else " without files"
    return f"{path.name} is a ZIP archive{content}. Unpack it and use the checkpoint inside."


def _is_onnx(head: bytes) -> bool:
    """Whether the file starts like an ONNX model: with the protobuf field ir_version and a field that may follow it."""
    return len(head) > 2 and head[0] == 0x08 and 1 <= head[1] <= 32 and head[2] in (0x12, 0x1A, 0x22, 0x2A, 0x3A, 0x42)


def _describe_text(name: str, head: bytes) -> str | None:
    """Say what kind of text file it is; None if the file is not text."""
    try:  # the head may end within a character
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head).lstrip()
    except UnicodeDecodeError:
        return None
    if not text or not all(character.isprintable() or character.isspace() for character in text):
        return None
    if '"weight_map"' in text:
        return (
            f"{name} is the index of a checkpoint that is split over several files, and has no weights itself. Load "
            "all the files that it names and save the weights as one file: collect their tensors in one dictionary, "
            "and save it with torch.save."
        )
    first_line = text.partition("\n")[0].strip()
    return next(
        (description.format(file=name) for start, description in TEXT_PREFIXES if first_line.lower().startswith(start)),
        f"{name} is a text file that begins with “{first_line[:MAX_QUOTED_CHARACTERS]}”. Choose the "
        "PyTorch checkpoint instead.",
    )
