"""Steps of jobs that measure networks: the preview of a plan, latency, test accuracy, and the number of MACs."""

from cnnpruner.domain.jobs import Job, LatencyJob, MacCountJob, PreviewJob, TestJob
from cnnpruner.errors import Conflict
from cnnpruner.jobs.kinds import latency, mac_count, preview, test_accuracy
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, get_node, require_result_accepted
from cnnpruner.worker.steps import step


@step(PreviewJob)
def preview_plan(services: Services, job: Job, _: PreviewJob, context: JobContext) -> None:
    """Measure the accuracy of the network that a plan produces, before any training."""
    assert job.plan_id is not None
    plan = services.store.plans.get(job.plan_id)
    node = services.store.nodes.get(plan.node_id)
    before = services.store.nodes.predictions(node.id)
    if before is None:
        raise Conflict(f"Node {node.number} is not ready; preview its plans once it is ready.")
    inputs = preview.PreviewInputs(services.setup(node.experiment_id), services.ready_node(node), plan, before)
    require_result_accepted(
        services.store.plans.set_preview(job.id, job.attempt, preview.run(inputs, context, services.cache))
    )


@step(LatencyJob)
def measure_latency(services: Services, job: Job, job_inputs: LatencyJob, context: JobContext) -> None:
    """Measure the duration of a forward pass at each batch size, in milliseconds and relative to the root."""
    node = get_node(services, job)
    inputs = latency.LatencyInputs(
        setup=services.setup(node.experiment_id),
        node=services.ready_node(node),
        root=services.root_node(node.experiment_id),
        batches=tuple(job_inputs.batches),
    )
    latencies = latency.run(inputs, context, services.cache)
    require_result_accepted(services.store.nodes.add_latency(job.id, job.attempt, latencies))


@step(TestJob)
def measure_test(services: Services, job: Job, _: TestJob, context: JobContext) -> None:
    """Measure the accuracy of the node on the locked test split."""
    node = get_node(services, job)
    inputs = test_accuracy.TestAccuracyInputs(services.setup(node.experiment_id), services.ready_node(node))
    accuracy = test_accuracy.run(inputs, context, services.cache)
    notice = test_accuracy.optimistic_accuracy_warning(node, accuracy)
    require_result_accepted(services.store.nodes.set_test_accuracy(job.id, job.attempt, accuracy, notice))


@step(MacCountJob)
def count_macs(services: Services, job: Job, _: MacCountJob, context: JobContext) -> None:
    """Count the multiply-accumulates (MACs) of each operation in an experiment's unpruned network."""
    assert job.experiment_id is not None
    count = mac_count.run(mac_count.MacCountInputs(services.setup(job.experiment_id)), context)
    require_result_accepted(services.store.mac_counts.store(job.id, job.attempt, count))
