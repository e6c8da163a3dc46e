"""The README of an archive, with ten lines that run what lies beside it."""

from cnnpruner.data.images.resize import framing_of
from cnnpruner.domain.sharing.exports import ExportFormat, NetworkRecord

_SAFETENSORS = """\
import cnnpruner
from safetensors.torch import load_file

network = cnnpruner.load("."{factory})  # this folder, or the archive itself
about = network.about  # classes, mean, std, kept filters, metrics
example = load_file("example.safetensors")  # images [N, C, H, W]: pixels 0-1 minus about.mean, divided by about.std
logits = network(example["images"])
print("classes:", [about.classes[best] for best in logits.argmax(1).tolist()])
print("largest difference:", float((logits - example["logits"]).abs().max()))
"""

_ONNX = """\
import json
import onnxruntime
from safetensors.numpy import load_file

about = json.load(open("network.json"))  # classes, mean, std, kept filters, metrics
session = onnxruntime.InferenceSession("network.onnx", providers=["CPUExecutionProvider"])
example = load_file("example.safetensors")  # images [N, C, H, W]: pixels 0-1 minus mean, divided by std
[logits] = session.run(None, {"images": example["images"]})
print("classes:", [about["classes"][best] for best in logits.argmax(1)])
print("largest difference:", float(abs(logits - example["logits"]).max()))
"""

_TORCH_EXPORT = """\
import json
import torch
from safetensors.torch import load_file

about = json.load(open("network.json"))  # classes, mean, std, kept filters, metrics
network = torch.export.load("network.pt2").module()
example = load_file("example.safetensors")  # images [N, C, H, W]: pixels 0-1 minus mean, divided by std
logits = network(example["images"])
print("classes:", [about["classes"][best] for best in logits.argmax(1).tolist()])
print("largest difference:", float((logits - example["logits"]).abs().max()))
"""

_SNIPPETS: dict[ExportFormat, tuple[str, str, str]] = {
    "safetensors": (_SAFETENSORS, "`cnnpruner`", "`weights.safetensors`, the weights; nothing in it can run"),
    "onnx": (_ONNX, "`onnxruntime`, `safetensors` and `numpy`", "`network.onnx`, network and weights"),
    "torch_export": (
        _TORCH_EXPORT,
        "`torch` (the version that network.json names, or newer) and `safetensors`",
        "`network.pt2`, network and weights; like every .pt2, open it only where you trust its sender",
    ),
}


def snippet(kind: ExportFormat, record: NetworkRecord) -> str:
    """Python code that runs in the folder of the unpacked archive."""
    code = _SNIPPETS[kind][0]
    return code.replace("{factory}", "" if record.factory is None else ", trust_factory=True")


def write_readme(kind: ExportFormat, record: NetworkRecord) -> str:
    """Markdown: what this is, what is in the archive, how it was checked, how to run it."""
    _, needs, file = _SNIPPETS[kind]
    metrics, check = record.metrics, record.check
    assert check is not None
    return f"""# {record.network.name}, pruned: node {record.node} of “{record.experiment}”

{_measures(metrics.parameters, metrics.macs, metrics.accuracy, metrics.images)}{_test(metrics.test_accuracy)}

- {file}
- `network.json`: what the network was and which filters are left, classes, mean and std, metrics, data, versions
- `example.safetensors`: two noise images and the logits that belong to them

Checked before it was offered: read again by {check.runtime}, the logits of {check.images:,} selection images differ
from those of the original by at most {check.max_difference:.2g} (largest logit {check.largest_logit:.3g}), and
{check.same_top1:.2%} of the images have the same most probable class.

Images are float32 [N, {record.channels}, {record.image_size}, {record.image_size}]: pixels 0-1 minus mean, over std.
{_framing(record)}
Needs {needs}. Unpack the archive and run in its folder:

```python
{snippet(kind, record)}```
"""


def _framing(record: NetworkRecord) -> str:
    """How pictures of other sizes were read; sets of one size need no word."""
    if record.data.kind not in ("folder", "factory"):
        return ""
    return framing_of(record.data, record.channels, record.image_size).sentence + "\n"


def _measures(parameters: int | None, macs: int | None, accuracy: float | None, images: int) -> str:
    parts = [
        f"{parameters:,} parameters" if parameters is not None else "",
        f"{macs:,} MACs" if macs is not None else "",
    ]
    if accuracy is not None:
        parts.append(f"{accuracy:.2%} right of {images:,} selection images")
    return ", ".join(part for part in parts if part)


def _test(accuracy: float | None) -> str:
    return "; not measured on the test split." if accuracy is None else f"; {accuracy:.2%} on the test split."
