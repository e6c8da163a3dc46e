"""How errors of jobs are described in their rows."""

import re

import pytest
import torch

from cnnpruner.errors import StorageFailed
from cnnpruner.jobs.failures import describe_failure
from tests.third_party import Lenet


def test_our_errors_keep_code_message_and_details() -> None:
    body = describe_failure(StorageFailed("The disk is full.", file="a.pt"))
    assert (body.code, body.message, body.details) == ("storage_failed", "The disk is full.", {"file": "a.pt"})


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried 9 TB"),
        MemoryError(),
    ],
)
def test_running_out_of_memory_is_described(error: Exception) -> None:
    body = describe_failure(error)
    assert body.code == "out_of_memory"
    assert "smaller batch size" in body.message


def test_an_allocation_that_is_too_large_is_out_of_memory() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**58, dtype=torch.uint8)
    assert describe_failure(caught.value).code == "out_of_memory"


def test_a_failing_network_is_described_with_its_line() -> None:
    with pytest.raises(RuntimeError) as caught:
        Lenet()(torch.zeros(1, 3, 40, 40))
    body = describe_failure(caught.value)
    assert body.code == "unusable_network"
    assert re.match(
        r"The network raised an error at tests/third_party\.py:\d+ \(RuntimeError: shape '\[-1, 400\]'", body.message
    )


def test_an_unexpected_error_is_logged_in_full_and_described_without_details(caplog: pytest.LogCaptureFixture) -> None:
    body = describe_failure(ValueError("secret inner detail"))
    assert body.code == "internal"
    assert "ValueError" in body.message
    assert "secret" not in body.message
    assert "secret inner detail" in caplog.text
