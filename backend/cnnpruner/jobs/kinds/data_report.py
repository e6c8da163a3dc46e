"""Job `data_report`: what is in a data set and what is wrong with it, before anything is trained."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.data.data_folders import resolve
from cnnpruner.data.reports.report import DataPaths, report_data
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.jobs.cache import WorkerCache, data_folder
from cnnpruner.jobs.context import Context, part


@dataclass(frozen=True)
class DataReportInputs:
    """What shall be looked at, and where data may be read from."""

    asked: NewDataReport
    folders: tuple[Path, ...]


def run(inputs: DataReportInputs, context: Context, cache: WorkerCache) -> DataReport:
    """The report; nothing is made or kept. Raises UnusableData for what is no folder and cannot be read."""
    source = inputs.asked.data
    unseen = resolve(source.unseen, inputs.folders) if source.unseen is not None else None
    paths = DataPaths(data_folder(source, inputs.folders), unseen)
    return report_data(inputs.asked, paths, cache.max_bytes_in_memory, part(context, 0.0, 1.0, shows_eta=True))
