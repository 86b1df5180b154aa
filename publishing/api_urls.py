"""Addresses of publishing in the API."""

from django.urls import path

from publishing import api, api_releases

_TOOL = "tools/<slug:namespace>/<slug:name>"
_RELEASE = f"{_TOOL}/releases/<str:version>"

urlpatterns = [
    path("publications", api.Publications.as_view()),
    path("publications/<uuid:publication_id>", api.PublicationDetail.as_view()),
    path("publications/<uuid:publication_id>/cancel", api.Cancel.as_view()),
    path("publications/<uuid:publication_id>/appeal", api.Appeal.as_view()),
    path(f"{_RELEASE}/yank", api_releases.YankRelease.as_view()),
    path(f"{_RELEASE}/unyank", api_releases.UnyankRelease.as_view()),
    path(f"{_RELEASE}/delete", api_releases.DeleteRelease.as_view()),
    path(f"{_TOOL}/deprecate", api_releases.DeprecateTool.as_view()),
    path(f"{_TOOL}/undeprecate", api_releases.UndeprecateTool.as_view()),
]
