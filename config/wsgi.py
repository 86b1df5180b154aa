"""The web process: the registry's static files first, then Django."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from core.slots import slots_for
from core.slow_clients import SlowClientLimiter
from core.store import public_store
from registry.serve import StaticTree
from web.request_guard import get_application

_slots = slots_for(settings.WEB_THREADS, behind_proxy=bool(settings.NUM_PROXIES))
_limited = SlowClientLimiter(get_application(), slots=_slots)
application = StaticTree(
    _limited,
    store=public_store(),
    download_log=settings.DOWNLOAD_LOG_DIR,
    upstream_index=settings.UPSTREAM_INDEX,
    readers=_limited.readers,
)
