"""Old import path for user-defined criteria, from version 0.1.0; new criteria import from `cnnpruner.criteria`."""

from cnnpruner.planning.criteria import *  # noqa: F403
