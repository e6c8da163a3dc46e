"""Which files a bundle holds, and how large they may be."""

MIB = 2**20

MANIFEST = "manifest.json"
README = "README.md"
SPLITS = "splits.safetensors"
ROOT_LAYERS = "root-layers.json"
PICTURES = "selection-pictures.npy"

LARGEST_BYTES = 64 * MIB
"""Of an unpacked file of the tree; the structure of DenseNet-121 has 3 MiB."""
LARGEST_MANIFEST_BYTES = 256 * MIB
LARGEST_TREE_BYTES = 2048 * MIB
LARGEST_RATIO = 200
"""What unpacks to more than so many times its size in the archive is no bundle; numbers as JSON reach about 20."""
SMALL_BYTES = MIB

TEXT = """# A bundle of CNNPruner

A whole experiment: tree, plans, metrics{also}. Open it on another server by *Open a bundle* in the menu of experiments,
`cnnpruner unbundle FILE`, or `Client().unbundle(FILE)`. Nothing in it is a pickle: `manifest.json` has the tree, each
node's folder its arrays and weights as safetensors.
"""


def layers_file(number: int) -> str:
    """Structure of a ready node, JSON."""
    return f"nodes/{number}/layers.json"


def embedding_file(number: int) -> str:
    """Map of the samples of a node, JSON."""
    return f"nodes/{number}/embedding.json"


def arrays_file(number: int) -> str:
    """Predictions and scores of a ready node, safetensors."""
    return f"nodes/{number}/arrays.safetensors"


def weights_file(number: int) -> str:
    """Weights of a ready node, safetensors, byte for byte as in the model store."""
    return f"nodes/{number}/weights.safetensors"


def readme(has_weights: bool, has_pictures: bool) -> str:
    """The file that tells a finder what this is."""
    also = [name for name, there in (("weights", has_weights), ("small pictures", has_pictures)) if there]
    return TEXT.format(also="".join(f", {name}" for name in also))
