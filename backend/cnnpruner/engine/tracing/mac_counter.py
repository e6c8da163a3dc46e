"""Counts multiply-accumulates (MACs) at the level of the operations that torch executes, below modules and functions.

Convolutions, matrix products, attention and recurrent cells are executed by only a few operations, whatever module,
function, parametrization or script calls them. Sums, activations, norms and other elementwise operations are not
counted.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

MacCountFunction = Callable[[tuple[Any, ...], Any], int]
"""Computes the MACs of an operation from its arguments and its result."""


class MacCounter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the MACs of all operations inside the `with` block, and lists operations that perform multiplications but
    cannot be counted.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.macs = 0
        self.uncounted: list[str] = []
        self._primitives: set[Any] = set()
        """Operations that torch cannot decompose into other operations."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, or the operations that it decomposes into, and count their MACs."""
        kwargs = kwargs or {}
        name = func._schema.name
        count = _MAC_COUNT_FUNCTIONS.get(name)
        if count is None and func not in self._primitives:
            with self:
                out = func.decompose(*args, **kwargs)
            if out is not NotImplemented:
                return out
            self._primitives.add(func)
        out = func(*args, **kwargs)
        if count is not None:
            self.macs += count(args, out)
        elif _may_multiply(name):
            self.uncounted.append(name.removeprefix("aten::"))
        return out


def _make_product_counter(left_position: int, right_position: int) -> MacCountFunction:
    """Return a function that counts the MACs of a matrix product [.., M, K] · [.., K, N]. The factors are the arguments
    at the given positions.
    """

    def count(args: tuple[Any, ...], out: Tensor) -> int:
        left, right = args[left_position], args[right_position]
        rows = left.numel() // max(1, left.shape[-1])  # rows of all matrices
        return int(rows * left.shape[-1] * (right.shape[-1] if right.ndim > 1 else 1))

    return count


def _count_convolution_macs(args: tuple[Any, ...], out: Tensor) -> int:
    x, weight, is_transposed = args[0], args[1], args[6]
    weights_per_channel = weight.numel() // max(1, weight.shape[0])
    return int((x if is_transposed else out).numel() * weights_per_channel)


def _count_deformable_convolution_macs(args: tuple[Any, ...], out: Tensor) -> int:
    weight = args[1]
    return int(out.numel() * (weight.numel() // weight.shape[0]))


def _count_attention_macs(args: tuple[Any, ...], out: Any) -> int:
    """Count the MACs of attention: queries [.., L, E] times keys [.., S, E], then the attention weights [.., L, S]
    times values [.., S, V].
    """
    query, key, value = args[:3]
    rows = query.numel() // query.shape[-1]
    return int(rows * key.shape[-2] * (query.shape[-1] + value.shape[-1]))


def _count_recurrent_layer_macs(args: tuple[Any, ...], out: Any) -> int:
    """Count the MACs of one direction of a recurrent layer with input x [T, N, I], input weights [G, I] and
    hidden-state weights [G, H].
    """
    x, input_weight, hidden_weight = args[:3]
    return int(x.shape[0] * x.shape[1] * (input_weight.numel() + hidden_weight.numel()))


def _count_fused_attention_macs(args: tuple[Any, ...], out: Any) -> int:
    """Count the MACs of self-attention on x [N, T, E] with input weights [3E, E] and output weights [E, E]."""
    x, input_weight, output_weight = args[0], args[5], args[7]
    tokens, width = x.shape[-2], x.shape[-1]
    rows = x.numel() // width
    return int(rows * (input_weight.numel() + output_weight.numel() + 2 * tokens * width))


_MAC_COUNT_FUNCTIONS: dict[str, MacCountFunction] = {
    "aten::mm": _make_product_counter(0, 1),
    "aten::bmm": _make_product_counter(0, 1),
    "aten::mv": _make_product_counter(0, 1),
    "aten::dot": _make_product_counter(0, 1),
    "aten::vdot": _make_product_counter(0, 1),
    "aten::addmm": _make_product_counter(1, 2),
    "aten::_addmm_activation": _make_product_counter(1, 2),
    "aten::addmv": _make_product_counter(1, 2),
    "aten::baddbmm": _make_product_counter(1, 2),
    "aten::addbmm": _make_product_counter(1, 2),
    "aten::convolution": _count_convolution_macs,
    "aten::_scaled_dot_product_flash_attention_for_cpu": _count_attention_macs,
    "aten::_scaled_dot_product_flash_attention": _count_attention_macs,
    "aten::_scaled_dot_product_efficient_attention": _count_attention_macs,
    "aten::_scaled_dot_product_cudnn_attention": _count_attention_macs,
    "aten::_native_multi_head_attention": _count_fused_attention_macs,
    "aten::mkldnn_rnn_layer": _count_recurrent_layer_macs,
    "torchvision::deform_conv2d": _count_deformable_convolution_macs,
}

_UNCOUNTED_OPERATION_PREFIXES = (
    "_fft_", "fft_", "linalg_", "_linalg_", "_cdist", "cdist", "_cudnn_rnn", "_transformer_encoder_layer", "_trilinear",
    "mkldnn_", "fbgemm", "cholesky", "triangular_solve",
)  # fmt: skip
_KNOWN_NAMESPACES = ("aten", "prim", "prims", "profiler")
_OPERATIONS_WITHOUT_MACS = {
    "aten::linalg_vector_norm",
    "torchvision::nms",
    "torchvision::roi_align",
    "torchvision::roi_pool",
}


def _may_multiply(name: str) -> bool:
    """Whether an operation without a counting function may perform multiply-accumulates."""
    namespace, _, operation = name.partition("::")
    if namespace not in _KNOWN_NAMESPACES:
        return name not in _OPERATIONS_WITHOUT_MACS
    return operation.startswith(_UNCOUNTED_OPERATION_PREFIXES) and name not in _OPERATIONS_WITHOUT_MACS
