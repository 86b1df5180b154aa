"""The web process: the static registry tree first, Django behind it."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from core.slots import shares
from core.slow_clients import Patience
from core.store import public_store
from registry.serve import StaticTree
from web.request_guard import plain_application

_share = shares(settings.WEB_THREADS, behind_proxy=bool(settings.NUM_PROXIES))
_patience = Patience(plain_application(), places=_share)
application = StaticTree(
    _patience,
    store=public_store(),
    download_log=settings.DOWNLOAD_LOG_DIR,
    upstream_index=settings.UPSTREAM_INDEX,
    readers=_patience.readers,
)
