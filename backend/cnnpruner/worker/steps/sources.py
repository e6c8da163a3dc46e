"""Jobs that inspect a network or a data set before anything is made of it."""

from cnnpruner.domain.jobs import DataReportJob, ExperimentCheckJob, Job, NetworkReportJob
from cnnpruner.domain.sources.inspections import ExperimentFindings
from cnnpruner.domain.tree.experiments import Splits
from cnnpruner.jobs.kinds import data_report, experiment_check, network_report
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, stop_unless
from cnnpruner.worker.steps import step


@step(ExperimentCheckJob)
def inspect_experiment(services: Services, job: Job, given: ExperimentCheckJob, context: JobContext) -> None:
    """Check data, network and weights of a new experiment, and keep its splits and structure."""
    found = experiment_check.run(
        experiment_check.ExperimentCheckInputs(given.experiment, services.folders), context, services.cache
    )
    splits = found.splits
    findings = ExperimentFindings(
        classes=list(found.classes),
        image_size=found.image_size,
        channels=found.channels,
        mean=list(found.mean),
        std=list(found.std),
        splits=Splits(
            train=len(splits.train), selection=len(splits.selection), test=len(splits.test), rule=splits.rule
        ),
        notices=list(found.notices),
    )
    with services.store.transaction():
        services.store.experiments.put_check(job.id, found)
        stop_unless(services.store.jobs.done(job.id, job.attempt, findings.model_dump(mode="json")))


@step(NetworkReportJob)
def report_network(services: Services, job: Job, given: NetworkReportJob, context: JobContext) -> None:
    """Say what can be cut in a network that no experiment has yet."""
    found = network_report.run(
        experiment_check.ExperimentCheckInputs(given.experiment, services.folders), context, services.cache
    )
    with services.store.transaction():
        stop_unless(services.store.inspections.put(job.id, job.attempt, found))
        stop_unless(services.store.jobs.done(job.id, job.attempt, {}))


@step(DataReportJob)
def report_data(services: Services, job: Job, given: DataReportJob, context: JobContext) -> None:
    """Say what is in a data set that no experiment has yet."""
    found = data_report.run(data_report.DataReportInputs(given.request, services.folders), context, services.cache)
    with services.store.transaction():
        stop_unless(services.store.data_reports.put(job.id, job.attempt, found))
        stop_unless(services.store.jobs.done(job.id, job.attempt, {}))
