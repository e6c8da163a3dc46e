"""The record of a node says how it was trained in terms that mean something outside of the database."""

import pytest
import torch

from cnnpruner.domain.tree.provenance import StartWeights
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.formats.exports.record import make_record
from tests.formats.exports.networks import ready_node
from tests.values import RECORD, TRAINING, experiment_value
from tests.zoo import IMAGE, make


@pytest.mark.parametrize(("became", "start"), [("reconstructed", "reconstructed"), ("fresh", "best")])
def test_the_record_names_the_start_and_the_teacher_that_were_used(became: StartWeights, start: str) -> None:
    training = TRAINING.model_copy(update={"start": "best", "teacher": 812})
    record = RECORD.model_copy(update={"start": became, "teacher_number": 3})
    node = ready_node().model_copy(update={"training": training, "training_record": record})
    layers = trace_layers(make("vgg"), torch.zeros(1, *IMAGE))
    exported = make_record(experiment_value(), node, layers, layers).training
    assert exported is not None
    assert (exported.start, exported.teacher) == (start, 3)
