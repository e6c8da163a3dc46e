"""Runs an exported network with ONNX Runtime, numpy and Pillow, without CNNPruner or torch."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

description = json.loads(Path("network.json").read_text())
session = onnxruntime.InferenceSession("network.onnx", providers=["CPUExecutionProvider"])
files = sorted(Path(sys.argv[1]).glob("*/*"))
pixels = np.stack([np.asarray(Image.open(file).convert("RGB"), dtype=np.float32) / 255 for file in files])
images = ((pixels - np.float32(description["mean"])) / np.float32(description["std"])).transpose(0, 3, 1, 2)
[logits] = session.run(None, {"images": np.ascontiguousarray(images)})
predictions = [description["classes"][best] for best in logits.argmax(1)]
assert not {"torch", "cnnpruner"} & sys.modules.keys()
print(np.mean([prediction == file.parent.name for prediction, file in zip(predictions, files, strict=True)]))
