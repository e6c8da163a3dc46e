"""Status of the server."""

from cnnpruner import __version__
from cnnpruner.domain.health import Health
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import COPY_NOTICE, RESTORED_NOTICE


def check(workspace: Workspace) -> Health:
    """Returns the status of the server."""
    queues = workspace.runner.status()
    problem = workspace.store.find_problem()
    is_copy = problem is None and not workspace.store.owns_files()
    return Health(
        status="ok",
        version=__version__,
        device=next((queue.device for queue in queues.values() if queue.device), None),
        runner=workspace.runner.name,
        database=workspace.store.database,
        storage="missing" if problem is not None else "copy" if is_copy else "ok",
        notices=_list_storage_notices(workspace, problem, is_copy) if workspace.visitor.kind == "owner" else [],
        workers={name: queue.ready for name, queue in queues.items()},
    )


def _list_storage_notices(workspace: Workspace, problem: str | None, is_copy: bool) -> list[str]:
    """Returns notices about the database and the model store. They contain names of files, so only the owner may see
    them.
    """
    if problem is not None:
        return [problem]
    notices = [COPY_NOTICE] if is_copy else [RESTORED_NOTICE] if workspace.store.ownership == "restored" else []
    orphaned_folders = workspace.store.orphaned_folders
    if orphaned_folders:
        examples = ", ".join(orphaned_folders[:3]) + (", …" if len(orphaned_folders) > 3 else "")
        notices.append(
            f"{len(orphaned_folders)} folders in the model store are not referenced by this database and were left in "
            f"place: {examples}."
        )
    return notices
