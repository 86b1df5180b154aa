"""docs/openapi.yaml, read once for all tests of this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

DESCRIPTION: dict[str, Any] = yaml.load(
    (Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader
)
