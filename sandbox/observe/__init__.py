"""Records what a tool does while it runs, from outside of the sandbox.

The kernel reports a tool's calls (``notify``) to a thread here (``watcher``), which notes what
matters (``familiar``, ``record``) and lets them go on. Connections lead to a resolver and a sink in
the sandbox's empty network (``network``). Planted secrets (``decoys``) are looked for in what comes
out. It is evidence and no barrier: the layers of the sandbox do not rely on it.
"""

from sandbox.observe.decoys import Decoys
from sandbox.observe.observation import Observation
from sandbox.observe.record import Kind, Observed, Seen

__all__ = ["Decoys", "Kind", "Observation", "Observed", "Seen"]
