"""The job that maps the samples of a node."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnpruner.errors import InvalidInput, JobCancelled
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import embedding
from tests.digits_node import first_predictions, make_node
from tests.jobs.contexts import FakeContext

CACHE = WorkerCache(torch.device("cpu"))


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> embedding.EmbeddingInputs:
    """An untrained node on digits."""
    digits = make_node(tmp_path_factory.mktemp("node") / "weights.safetensors", CACHE)
    return embedding.EmbeddingInputs(digits.setup, digits.node, 7, digits.predictions, None)


def test_a_map_publishes_frames_and_a_childs_map_starts_from_it(
    inputs: embedding.EmbeddingInputs, tmp_path: Path
) -> None:
    context = FakeContext(tmp_path)
    root = embedding.run(inputs, context, CACHE)
    assert (root.initial, root.initial_id, root.node_id, root.perplexity) == ("pca", None, 7, 30)
    assert root.sample == list(range(root.images))
    assert root.label == inputs.predictions.labels.tolist()
    assert len(context.frames) == 15
    last = context.frames[-1]
    assert (last.node_id, last.iteration, last.iterations, last.sample) == (7, 300, 300, root.sample)
    assert max(abs(x - round(x, 3)) for x in last.x) == 0

    context = FakeContext(tmp_path)
    child = embedding.run(replace(inputs, node_id=8, ancestor=root), context, CACHE)
    assert (child.initial, child.initial_id) == ("parent", 7)
    assert np.corrcoef(child.x, root.x)[0, 1] > 0.95, "the map of the same network stays in place"
    assert np.corrcoef(context.frames[0].x, root.x)[0, 1] > 0.95

    other_samples = root.model_copy(update={"sample": root.sample[1:]})
    assert embedding._initial_layout(other_samples, root.sample) is None


def test_a_cancelled_map_stops_while_it_forms(inputs: embedding.EmbeddingInputs, tmp_path: Path) -> None:
    class Stopping(FakeContext):
        def raise_if_cancelled(self) -> None:
            if self.frames:
                raise JobCancelled

    context = Stopping(tmp_path)
    with pytest.raises(JobCancelled):
        embedding.run(inputs, context, CACHE)
    assert len(context.frames) == 1


def test_four_images_make_no_map(inputs: embedding.EmbeddingInputs, tmp_path: Path) -> None:
    few = replace(inputs, predictions=first_predictions(inputs.predictions, 4))
    with pytest.raises(InvalidInput, match="at least 5"):
        embedding.run(few, FakeContext(tmp_path), CACHE)
