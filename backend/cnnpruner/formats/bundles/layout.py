"""The names of the files in a bundle, and limits for their sizes."""

MIB = 2**20

MANIFEST = "manifest.json"
README = "README.md"
SPLITS_FILE = "splits.safetensors"
ROOT_LAYERS_FILE = "root-layers.json"
PICTURES_FILE = "selection-pictures.npy"

MAX_FILE_BYTES = 64 * MIB
"""Maximum unpacked size of a JSON or array file other than the manifest. The structure of DenseNet-121 takes 3 MiB."""
MAX_MANIFEST_BYTES = 256 * MIB
MAX_TOTAL_BYTES = 2048 * MIB
MAX_COMPRESSION_RATIO = 200
"""A file is refused if it unpacks to more than this many times its compressed size. JSON numbers shrink by a factor of
about 20.
"""
MIN_BYTES_FOR_RATIO_CHECK = MIB

README_TEXT = """# A CNNPruner bundle

This file contains a complete experiment: tree, plans, metrics{included_contents}. Open it on another server
with *Open a bundle* in the menu of experiments, `cnnpruner unbundle FILE` or `Client().unbundle(FILE)`. It
contains no pickle files: `manifest.json` contains the tree, and the folder of each node contains its arrays and
weights as safetensors.
"""


def layers_file(number: int) -> str:
    """Return the name of the JSON file with the network structure of a ready node."""
    return f"nodes/{number}/layers.json"


def embedding_file(number: int) -> str:
    """Return the name of the JSON file with a node's map of samples."""
    return f"nodes/{number}/embedding.json"


def arrays_file(number: int) -> str:
    """Return the name of the safetensors file with a ready node's predictions and scores."""
    return f"nodes/{number}/arrays.safetensors"


def weights_file(number: int) -> str:
    """Return the name of the file with a ready node's weights, which is identical to the file in the model store."""
    return f"nodes/{number}/weights.safetensors"


def format_readme(has_weights: bool, has_pictures: bool) -> str:
    """Return the README text, which explains the bundle to a person who unpacks it."""
    included_contents = [
        name for name, is_included in (("weights", has_weights), ("thumbnails", has_pictures)) if is_included
    ]
    return README_TEXT.format(included_contents="".join(f", {name}" for name in included_contents))
