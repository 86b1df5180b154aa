"""Call JSON APIs."""

from lumos_json_api.api import JsonApiResponse, json_api

__all__ = ["JsonApiResponse", "json_api"]
