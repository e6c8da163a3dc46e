"""Import path of user-defined criteria written for 0.1.0; new ones import from `cnnpruner.criteria`."""

from cnnpruner.planning.criteria import *  # noqa: F403
