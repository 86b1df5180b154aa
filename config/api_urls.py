"""The API's addresses, gathered from the apps that own them."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("v1/", include("accounts.api_urls")),
    path("v1/", include("catalog.api_urls")),
    path("v1/", include("publishing.api_urls")),
    path("v1/", include("search.api_urls")),
    path("v1/", include("marketplace.api_urls")),
]
