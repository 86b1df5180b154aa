"""Send HTTP requests with limits that hold."""

from lumos_http_request.client import HttpResponse, http_request

__all__ = ["HttpResponse", "http_request"]
