"""Steps of jobs that check or report on a network or a data set before an experiment is created."""

from cnnpruner.domain.jobs import DataReportJob, ExperimentCheckJob, Job, NetworkReportJob
from cnnpruner.domain.sources.inspections import ExperimentCheckReport
from cnnpruner.domain.tree.experiments import Splits
from cnnpruner.jobs.kinds import data_report, experiment_check, network_report
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, require_result_accepted
from cnnpruner.worker.steps import step


@step(ExperimentCheckJob)
def check_experiment(services: Services, job: Job, job_inputs: ExperimentCheckJob, context: JobContext) -> None:
    """Check the data, network and weights of a new experiment, and store its splits and the network's structure."""
    check = experiment_check.run(
        experiment_check.ExperimentCheckInputs(job_inputs.experiment, services.folders), context, services.cache
    )
    splits = check.splits
    findings = ExperimentCheckReport(
        classes=list(check.classes),
        image_size=check.image_size,
        channels=check.channels,
        mean=list(check.mean),
        std=list(check.std),
        splits=Splits(
            train=len(splits.train), selection=len(splits.selection), test=len(splits.test), rule=splits.rule
        ),
        notices=list(check.notices),
        reading=check.reading,
        warnings=list(check.warnings),
        weights_key=check.weights_key,
    )
    with services.store.transaction():
        services.store.experiments.store_check_result(job.id, check)
        require_result_accepted(services.store.jobs.finish(job.id, job.attempt, findings.model_dump(mode="json")))


@step(NetworkReportJob)
def make_network_report(services: Services, job: Job, job_inputs: NetworkReportJob, context: JobContext) -> None:
    """Report what can be pruned in a network."""
    report = network_report.run(
        experiment_check.ExperimentCheckInputs(job_inputs.experiment, services.folders), context, services.cache
    )
    with services.store.transaction():
        require_result_accepted(services.store.inspections.put(job.id, job.attempt, report))
        require_result_accepted(services.store.jobs.finish(job.id, job.attempt, {}))


@step(DataReportJob)
def make_data_report(services: Services, job: Job, job_inputs: DataReportJob, context: JobContext) -> None:
    """Report the contents and problems of a data set."""
    report = data_report.run(
        data_report.DataReportInputs(job_inputs.request, services.folders), context, services.cache
    )
    with services.store.transaction():
        require_result_accepted(services.store.data_reports.put(job.id, job.attempt, report))
        require_result_accepted(services.store.jobs.finish(job.id, job.attempt, {}))
