"""Writes the README of an exported archive, which includes ten lines of Python that run the network."""

from collections.abc import Sequence

from cnnpruner.data.images.transform import build_image_transform
from cnnpruner.domain.sharing.exports import ExportFormat, NetworkRecord
from cnnpruner.domain.tree.latencies import Latency, describe_latency_ratio, find_single_image_latency

_SAFETENSORS_SNIPPET = """\
import cnnpruner
from safetensors.torch import load_file

network = cnnpruner.load("."{factory})  # this folder, or the archive itself
about = network.about  # classes, mean, std, kept filters, metrics
example = load_file("example.safetensors")  # images [N, C, H, W]: pixels 0-1 minus about.mean, divided by about.std
logits = network(example["images"])
print("classes:", [about.classes[best] for best in logits.argmax(1).tolist()])
print("largest difference:", float((logits - example["logits"]).abs().max()))
"""

_ONNX_SNIPPET = """\
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

_TORCH_EXPORT_SNIPPET = """\
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

_LOADING_SNIPPETS: dict[ExportFormat, tuple[str, str, str]] = {
    "safetensors": (_SAFETENSORS_SNIPPET, "`cnnpruner`", "`weights.safetensors`: the weights, without any code"),
    "onnx": (_ONNX_SNIPPET, "`onnxruntime`, `safetensors` and `numpy`", "`network.onnx`: network and weights"),
    "torch_export": (
        _TORCH_EXPORT_SNIPPET,
        "`torch` (the version named in network.json, or newer) and `safetensors`",
        "`network.pt2`: network and weights; as with every .pt2 file, open it only if you trust its sender",
    ),
}


def loading_snippet(kind: ExportFormat, record: NetworkRecord) -> str:
    """Return Python code that runs the exported network when it is started in the folder of the unpacked archive."""
    code = _LOADING_SNIPPETS[kind][0]
    return code.replace("{factory}", "" if record.factory is None else ", trust_factory=True")


def format_readme(kind: ExportFormat, record: NetworkRecord) -> str:
    """Return the README as Markdown: what the network is, what the archive contains, how it was checked, and how to run
    it.
    """
    _, requirements, file = _LOADING_SNIPPETS[kind]
    metrics, check = record.metrics, record.check
    assert check is not None
    return f"""# {record.network.name}, pruned: node {record.node} of “{record.experiment}”

{_describe_metrics(metrics.parameters, metrics.macs, metrics.accuracy, metrics.images)}\
{_describe_test_accuracy(metrics.test_accuracy)}
{_describe_latency(metrics.latency)}

- {file}
- `network.json`: the unpruned network, the remaining filters, classes, mean and std, metrics, data, versions
- `example.safetensors`: two noise images and their logits

Before download, the file was read back by {check.runtime} and compared, on {check.images:,} selection
images, with the network of the node: logits differ by at most {check.max_difference:.2g} (largest logit
{check.largest_logit:.3g}), and {check.same_top1:.2%} of the images have the same most probable class.

Input images are float32 [N, {record.channels}, {record.image_size}, {record.image_size}]: pixel values 0-1, minus
the mean, divided by the std.
{_describe_transform(record)}
Requires {requirements}. Unpack the archive and run this in its folder:

```python
{loading_snippet(kind, record)}```
"""


def _describe_transform(record: NetworkRecord) -> str:
    """Return sentences on how images were resized and pixel values were scaled; an empty string for built-in data sets,
    whose images all have the same size.
    """
    if record.data.kind not in ("folder", "factory"):
        return ""
    sentence = build_image_transform(record.data, record.channels, record.image_size).sentence
    reading = record.reading
    if reading is None or reading.low is None or reading.high is None:
        return sentence + "\n"
    images = "all images" if reading.scales_all_images else "images with more than 8 bits per channel"
    return (
        f"{sentence}\nBefore that, the pixel values of {images} are scaled so that {reading.low:,.6g} becomes 0 and "
        f"{reading.high:,.6g} becomes 255; values outside this range are clipped.\n"
    )


def _describe_metrics(parameters: int | None, macs: int | None, accuracy: float | None, images: int) -> str:
    metrics = [
        f"{parameters:,} parameters" if parameters is not None else "",
        f"{macs:,} MACs" if macs is not None else "",
        f"accuracy {accuracy:.2%} on {images:,} selection images" if accuracy is not None else "",
    ]
    return ", ".join(metric for metric in metrics if metric)


def _describe_latency(latencies: Sequence[Latency]) -> str:
    """Return a sentence about the latency for one image; an empty string if the latency was not measured."""
    latency = find_single_image_latency(latencies)
    if latency is None:
        return ""
    setting = f"PyTorch on {latency.device}" + (f", {latency.threads} threads" if latency.threads else "")
    return f"\nOne image took {latency.median_ms:.3g} ms ({setting}): {describe_latency_ratio(latency)}.\n"


def _describe_test_accuracy(accuracy: float | None) -> str:
    return (
        "; accuracy not measured on the test split."
        if accuracy is None
        else f"; accuracy {accuracy:.2%} on the test split."
    )
