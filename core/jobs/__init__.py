"""Background jobs: rows in the database; a broker message only says that one is due.

``queue.py`` writes and claims the rows, ``work.py`` runs them, ``wake.py`` wakes a local worker.
"""

from core.jobs.queue import enqueue
from core.jobs.work import attempt, job

__all__ = ["attempt", "enqueue", "job"]
