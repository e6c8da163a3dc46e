"""Where files with criteria of your own, written for 0.1.0, import from; new ones import from `cnnpruner.criteria`."""

from cnnpruner.planning.criteria import *  # noqa: F403
