"""Guided pictures against captum's, per filter, where captum applies: every ReLU a module that works out of place."""

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
"""Of the thirteen convolutions of VGG-16."""


def run() -> dict[str, Result]:
    """One ratio; fails where the pictures differ."""
    warnings.filterwarnings("ignore", module="captum")
    network = build_network(NetworkSource(name="vgg16_bn"), 10, 3, 32, seed=0).eval()
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    image = torch.randn(3, 32, 32, generator=torch.Generator().manual_seed(0))
    layers = trace_layers(network, image[None])
    relus = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    found: dict[str, list[Tensor]] = {}

    def ours() -> None:
        parts = [guided_gradients(network, layers, layer, image, range(FILTERS)).gradients for layer in LAYERS]
        found["ours"] = [torch.from_numpy(part) for part in parts]

    def theirs() -> None:
        found["peer"] = [
            torch.cat([_captum(network, relus[layer], image, position) for position in range(FILTERS)])
            for layer in LAYERS
        ]

    seconds = interleave({"ours": Contender(ours), "peer": Contender(theirs)}, ROUNDS)
    for mine, other in zip(found["ours"], found["peer"], strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-5 * float(other.abs().max()))
    names = ", ".join(str(layer + 1) for layer in LAYERS)
    how = (
        f"VGG-16-BN at 32×32, {FILTERS} filters of convolutions {names} on one image: guided_gradients, over captum "
        f"{version('captum')} NeuronGuidedBackprop per filter; both give equal pictures"
    )
    return {"guided_vs_captum": Result(ratio(seconds["ours"], seconds["peer"]), 0.6, "ratio", how)}


def _captum(network: nn.Module, relu: nn.Module, image: Tensor, position: int) -> Tensor:
    # Asked for here, so that the other benchmarks run without it.
    peer = importlib.import_module("captum.attr").NeuronGuidedBackprop(network, relu)
    gradient: Tensor = peer.attribute(image[None].requires_grad_(), lambda maps: maps[:, position].sum((1, 2)))
    return gradient.detach()
