"""Job `data_report`: reports the contents of a data set and any problems in it before anything is trained."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.data.data_folders import resolve
from cnnpruner.data.reports.report import DataPaths, report_data
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.jobs.cache import WorkerCache, data_folder
from cnnpruner.jobs.context import Context, progress_in_range


@dataclass(frozen=True)
class DataReportInputs:
    """The data source to report on, and the data folders."""

    request: NewDataReport
    folders: tuple[Path, ...]


def run(inputs: DataReportInputs, context: Context, cache: WorkerCache) -> DataReport:
    """Return the report; nothing is written. If the data set is an image folder, the report lists the errors in it.
    Raises UnusableData if a data set of another kind is missing or damaged.
    """
    source = inputs.request.data
    unseen = resolve(source.unseen, inputs.folders) if source.unseen is not None else None
    paths = DataPaths(data_folder(source, inputs.folders), unseen, inputs.folders)
    return report_data(
        inputs.request, paths, cache.max_bytes_in_memory, progress_in_range(context, 0.0, 1.0, shows_eta=True)
    )
