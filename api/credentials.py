"""How the API's description tells of our credentials."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    """``Authorization: Bearer lmt_…``"""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The scheme's entry among the components."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "lmt_ and 38 characters",
            "description": "An API token, made on the account's page under Tokens.",
        }
