"""Work that outlives a request: the database is the truth, the broker a hint.

``queue.py`` writes and claims the rows, ``work.py`` runs them, ``wake.py`` tells a local worker.
"""

from core.jobs.queue import enqueue
from core.jobs.work import attempt, job

__all__ = ["attempt", "enqueue", "job"]
