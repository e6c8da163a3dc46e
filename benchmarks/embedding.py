"""Our map of samples against scikit-learn's t-SNE: time in one run, at equal trustworthiness."""

import os

import numpy as np
import sklearn
import torch
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

from benchmarks.results import Result
from benchmarks.rounds import Contender, interleave, ratio
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.pictures.embedding import COMPONENTS, ITERATIONS, PERPLEXITY, embed
from cnnpruner.engine.pictures.features import CaptureInput

SAMPLES = 2000
CLASSES = 10
NEIGHBOURS = 10
SLACK = 0.01
ROUNDS = 3


def run() -> dict[str, Result]:
    """One ratio; fails where our map were the worse one."""
    features = _features()
    maps: dict[str, NDArray[np.floating]] = {}

    def ours() -> None:
        maps["ours"] = embed(features, seed=0).layout

    def theirs() -> None:
        reduced = PCA(COMPONENTS, random_state=0).fit_transform(features)
        peer = TSNE(perplexity=PERPLEXITY, init="pca", random_state=0, n_jobs=os.cpu_count())
        maps["peer"] = peer.fit_transform(reduced)

    seconds = interleave({"ours": Contender(ours), "peer": Contender(theirs)}, ROUNDS)
    trust = {name: float(trustworthiness(features, layout, n_neighbors=NEIGHBOURS)) for name, layout in maps.items()}
    assert trust["ours"] >= trust["peer"] - SLACK, f"our map is the less trustworthy: {trust}"
    how = (
        f"{SAMPLES:,} samples of {features.shape[1]} penultimate features (ResNet-18 with seeded weights, {CLASSES} "
        f"classes of noisy images): embed ({ITERATIONS} iterations), over PCA-{COMPONENTS} and scikit-learn "
        f"{sklearn.__version__} TSNE as it comes; trustworthiness (k = {NEIGHBOURS}) {trust['ours']:.4f} and "
        f"{trust['peer']:.4f}"
    )
    return {"tsne_vs_sklearn_2000": Result(ratio(seconds["ours"], seconds["peer"]), 0.35, "ratio", how)}


def _features() -> NDArray[np.float32]:
    """[2000, 512]: what a network sees in noisy copies of ten random images."""
    random = torch.Generator().manual_seed(0)
    network = build_network(NetworkSource(name="resnet18"), CLASSES, 3, 32, seed=0).eval()
    prototypes = torch.randn(CLASSES, 3, 32, 32, generator=random)
    labels = torch.arange(SAMPLES) % CLASSES
    rows = []
    with torch.inference_mode():
        for batch in torch.split(labels, 250):
            images = prototypes[batch] + 1.5 * torch.randn(len(batch), 3, 32, 32, generator=random)
            with CaptureInput(network.get_parameter("fc.weight")) as catch:
                network(images)
            assert catch.caught is not None
            rows.append(catch.caught)
    return torch.cat(rows).numpy()
