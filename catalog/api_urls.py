"""Addresses of the catalog in the API."""

from django.urls import path

from catalog import api

urlpatterns = [
    path("tools", api.Tools.as_view()),
    path("tools/<slug:namespace>/<slug:name>", api.ToolDetail.as_view()),
    path("tools/<slug:namespace>/<slug:name>/releases", api.Releases.as_view()),
    path("tools/<slug:namespace>/<slug:name>/releases/<str:version>", api.ReleaseDetail.as_view()),
]
