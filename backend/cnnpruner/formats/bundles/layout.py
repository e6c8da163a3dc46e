"""The files of a bundle, and how large they may be."""

MIB = 2**20

MANIFEST = "manifest.json"
README = "README.md"
SPLITS = "splits.safetensors"
ROOT_LAYERS = "root-layers.json"
PICTURES = "selection-pictures.npy"

MAX_FILE_BYTES = 64 * MIB
"""Largest unpacked size of a JSON or array file other than the manifest; the structure of DenseNet-121 takes 3 MiB."""
MAX_MANIFEST_BYTES = 256 * MIB
MAX_TREE_BYTES = 2048 * MIB
MAX_COMPRESSION_RATIO = 200
"""A file that unpacks to more than this many times its compressed size is refused; numbers in JSON shrink about 20
times.
"""
ALWAYS_ALLOWED_BYTES = MIB

README_TEXT = """# A CNNPruner bundle

A complete experiment: tree, plans, metrics{optional}. Open it on another server with *Open a bundle* in the menu of
experiments, `cnnpruner unbundle FILE`, or `Client().unbundle(FILE)`. It contains no pickles: `manifest.json` has the
tree, and each node's folder has its arrays and weights as safetensors.
"""


def layers_file(number: int) -> str:
    """Return the name of the JSON file with a ready node's structure."""
    return f"nodes/{number}/layers.json"


def embedding_file(number: int) -> str:
    """Return the name of the JSON file with a node's map of samples."""
    return f"nodes/{number}/embedding.json"


def arrays_file(number: int) -> str:
    """Return the name of the safetensors file with a ready node's predictions and scores."""
    return f"nodes/{number}/arrays.safetensors"


def weights_file(number: int) -> str:
    """Return the name of the file with a ready node's weights, byte for byte as in the model store."""
    return f"nodes/{number}/weights.safetensors"


def readme(has_weights: bool, has_pictures: bool) -> str:
    """Return the README, which explains the bundle to a person who unpacks it."""
    optional = [name for name, is_included in (("weights", has_weights), ("thumbnails", has_pictures)) if is_included]
    return README_TEXT.format(optional="".join(f", {name}" for name in optional))
