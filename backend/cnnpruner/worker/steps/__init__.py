"""Each kind of job has a step, which reads the job's inputs from the store, runs the job, and stores the result.

`find_job_steps` imports every module of this package, so the step of a new kind of job need not be listed anywhere.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

from cnnpruner.domain.jobs import Job, JobInputs, JobKind
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services

Inputs = TypeVar("Inputs", bound=JobInputs)
JobStep = Callable[[Services, Job, Inputs, JobContext], None]
Run = Callable[[Services, Job, JobContext], None]

_STEP_BY_JOB_KIND: dict[JobKind, Run] = {}


def step(inputs_class: type[Inputs]) -> Callable[[JobStep[Inputs]], JobStep[Inputs]]:
    """Returns a decorator that registers a function as the step of jobs with inputs of type `inputs_class`."""

    def register(function: JobStep[Inputs]) -> JobStep[Inputs]:
        def run(services: Services, job: Job, context: JobContext) -> None:
            function(services, job, services.store.jobs.inputs(job.id, inputs_class), context)

        _STEP_BY_JOB_KIND[inputs_class.kind] = run
        return function

    return register


def find_job_steps() -> dict[JobKind, Run]:
    """Imports all steps and returns a dict from each kind of job to its step."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return _STEP_BY_JOB_KIND
