"""From the rows of a job to the inputs of its function, and from its result to rows: a step for each kind of job.

Every module here is imported by `find_steps`, so that a new kind of job needs no list.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

from cnnpruner.domain.jobs import Job, JobInputs, JobKind
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services

Inputs = TypeVar("Inputs", bound=JobInputs)
Step = Callable[[Services, Job, Inputs, JobContext], None]
Run = Callable[[Services, Job, JobContext], None]

_STEPS: dict[JobKind, Run] = {}


def step(declared: type[Inputs]) -> Callable[[Step[Inputs]], Step[Inputs]]:
    """Marks the function that does the jobs of a kind."""

    def mark(function: Step[Inputs]) -> Step[Inputs]:
        def run(services: Services, job: Job, context: JobContext) -> None:
            function(services, job, services.store.jobs.inputs(job.id, declared), context)

        _STEPS[declared.kind] = run
        return function

    return mark


def find_steps() -> dict[JobKind, Run]:
    """The step of each kind of job."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return _STEPS
