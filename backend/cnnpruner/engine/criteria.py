"""Import path of user-defined criteria in version 0.1.0, kept for compatibility. New criteria use
`cnnpruner.criteria`.
"""

from cnnpruner.planning.criteria import *  # noqa: F403
