"""Our map of samples compared with scikit-learn's t-SNE: time at equal trustworthiness."""

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
from cnnpruner.engine.pictures.embedding import DEFAULT_PERPLEXITY, ITERATIONS, MAX_COMPONENTS, embed_features

SAMPLES = 2000
CLASSES = 10
NEIGHBOURS = 10
SLACK = 0.01
ROUNDS = 3


def run() -> dict[str, Result]:
    """Measure one ratio; fails if our map is less trustworthy."""
    features = _features()
    maps: dict[str, NDArray[np.floating]] = {}

    def run_ours() -> None:
        maps["ours"] = embed_features(features, seed=0).layout

    def run_peer() -> None:
        reduced = PCA(MAX_COMPONENTS, random_state=0).fit_transform(features)
        peer = TSNE(perplexity=DEFAULT_PERPLEXITY, init="pca", random_state=0, n_jobs=os.cpu_count())
        maps["peer"] = peer.fit_transform(reduced)

    seconds = interleave({"ours": Contender(run_ours), "peer": Contender(run_peer)}, ROUNDS)
    trust = {name: float(trustworthiness(features, layout, n_neighbors=NEIGHBOURS)) for name, layout in maps.items()}
    assert trust["ours"] >= trust["peer"] - SLACK, f"our map is less trustworthy: {trust}"
    method = (
        f"{SAMPLES:,} samples of {features.shape[1]} penultimate features (ResNet-18 with seeded weights, {CLASSES} "
        f"classes of noisy images): embed ({ITERATIONS} iterations), divided by PCA-{MAX_COMPONENTS} and "
        f"scikit-learn {sklearn.__version__} TSNE with its defaults; trustworthiness (k = {NEIGHBOURS}) "
        f"{trust['ours']:.4f} and {trust['peer']:.4f}"
    )
    return {"tsne_vs_sklearn_2000": Result(ratio(seconds["ours"], seconds["peer"]), 0.35, "ratio", method)}


def _features() -> NDArray[np.float32]:
    """Return features [2000, 512] of noisy copies of ten random images."""
    generator = torch.Generator().manual_seed(0)
    network = build_network(NetworkSource(name="resnet18"), CLASSES, 3, 32, seed=0).eval()
    prototypes = torch.randn(CLASSES, 3, 32, 32, generator=generator)
    labels = torch.arange(SAMPLES) % CLASSES
    rows: list[torch.Tensor] = []
    network.get_submodule("fc").register_forward_pre_hook(lambda _, args: rows.append(args[0]))
    with torch.inference_mode():
        for batch in torch.split(labels, 250):
            network(prototypes[batch] + 1.5 * torch.randn(len(batch), 3, 32, 32, generator=generator))
    return torch.cat(rows).numpy()
