"""Extract texts for translation, also those marked with ``N_``."""

from __future__ import annotations

import shutil
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's command that also extracts ``N_``, the mark in modules without Django."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=N_"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Write ``locale/LANGUAGE/LC_MESSAGES/django.po``; needs GNU gettext."""
        if shutil.which("xgettext") is None:
            raise CommandError(
                "xgettext was not found. Install the Debian package gettext "
                "(apt-get install gettext), then run make messages again."
            )
        super().handle(*args, **options)
