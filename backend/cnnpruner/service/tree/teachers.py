"""Teachers: nodes whose predictions another node learns to reproduce during its training."""

from collections.abc import Collection

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import Training
from cnnpruner.errors import Conflict, InvalidInput
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace


def resolve_teacher(workspace: Workspace, training: Training, parent: Node) -> Training:
    """Returns the settings with the teacher's id in place of `root` or `parent`; `parent` is the node that is pruned.

    Raises NotFound for an unknown id, InvalidInput for a node of another experiment, Conflict for a node that is not
    ready.
    """
    if training.teacher is None:
        return training
    teacher = _find_teacher(workspace, training, parent)
    if teacher.experiment_id != parent.experiment_id:
        message = f"Node {teacher.number} belongs to another experiment; choose a teacher of the same tree."
        raise InvalidInput(message, node_id=teacher.id)
    nodes.require_ready_node(teacher, "weights to teach with")
    return training.model_copy(update={"teacher": teacher.id})


def _find_teacher(workspace: Workspace, training: Training, parent: Node) -> Node:
    if training.teacher == "parent":
        return parent
    if training.teacher == "root":
        root_id = workspace.store.experiments.get(parent.experiment_id).root_id
        return workspace.store.nodes.get(root_id)
    assert isinstance(training.teacher, int)
    return workspace.store.nodes.get(training.teacher)


def require_no_active_students(workspace: Workspace, experiment_id: int, node_ids: Collection[int]) -> None:
    """Raises Conflict if one of the nodes is the teacher of a node outside this set that is still being trained."""
    for student in workspace.store.nodes.list(experiment_id):
        if student.state not in ("waiting", "running") or student.id in node_ids or student.training is None:
            continue
        teacher_id = student.training.teacher
        if isinstance(teacher_id, int) and teacher_id in node_ids:
            teacher = workspace.store.nodes.get(teacher_id)
            raise Conflict(
                f"Node {teacher.number} is the teacher of node {student.number}, which is not finished yet; wait "
                f"until node {student.number} is finished, or cancel it.",
                node_id=teacher.id,
                student_id=student.id,
            )
