"""Guided backpropagation compared with captum's, per filter; captum needs every ReLU to be a module, not in place."""

import importlib
import warnings
from importlib.metadata import version

import torch
from torch import Tensor, nn

from benchmarks.results import Result
from benchmarks.rounds import Contender, interleave, ratio
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.pictures.pictures import guided_gradients
from cnnpruner.engine.tracing.trace import trace_layers

FILTERS = 32
ROUNDS = 3
LAYERS = (4, 12)
"""Indices among the thirteen convolutions of VGG-16."""


def run() -> dict[str, Result]:
    """Measure one ratio; fails if the gradients differ."""
    warnings.filterwarnings("ignore", module="captum")
    network = build_network(NetworkSource(name="vgg16_bn"), 10, 3, 32, seed=0).eval()
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    image = torch.randn(3, 32, 32, generator=torch.Generator().manual_seed(0))
    layers = trace_layers(network, image[None])
    relus = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    gradients: dict[str, list[Tensor]] = {}

    def run_ours() -> None:
        arrays = [guided_gradients(network, layers, layer, image, range(FILTERS)).gradients for layer in LAYERS]
        gradients["ours"] = [torch.from_numpy(array) for array in arrays]

    def run_captum() -> None:
        gradients["peer"] = [
            torch.cat([_captum(network, relus[layer], image, position) for position in range(FILTERS)])
            for layer in LAYERS
        ]

    seconds = interleave({"ours": Contender(run_ours), "peer": Contender(run_captum)}, ROUNDS)
    for our_gradients, peer_gradients in zip(gradients["ours"], gradients["peer"], strict=True):
        tolerance = 1e-5 * float(peer_gradients.abs().max())
        torch.testing.assert_close(our_gradients, peer_gradients, rtol=1e-3, atol=tolerance)
    numbers = ", ".join(str(layer + 1) for layer in LAYERS)
    method = (
        f"VGG-16-BN at 32×32, {FILTERS} filters of convolutions {numbers} on one image: guided_gradients, divided by "
        f"captum {version('captum')} NeuronGuidedBackprop per filter; both give equal gradients"
    )
    return {"guided_vs_captum": Result(ratio(seconds["ours"], seconds["peer"]), 0.6, "ratio", method)}


def _captum(network: nn.Module, relu: nn.Module, image: Tensor, position: int) -> Tensor:
    # Imported here, so that the other benchmarks run without it.
    peer = importlib.import_module("captum.attr").NeuronGuidedBackprop(network, relu)
    gradient: Tensor = peer.attribute(image[None].requires_grad_(), lambda maps: maps[:, position].sum((1, 2)))
    return gradient.detach()
