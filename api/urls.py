"""All URLs of the REST API."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from api import (
    accounts,
    credentials,  # noqa: F401 - registers the security scheme of the OpenAPI document
    organizations,
    publications,
    releases,
    reviews,
    search,
    tools,
)

_TOOL = "tools/<slug:namespace>/<slug:name>"
_RELEASE = f"{_TOOL}/releases/<str:version>"
_ORGANIZATION = "organizations/<id:organization_id>"

v1 = [
    path("whoami", accounts.WhoAmI.as_view()),
    path("namespaces", accounts.Namespaces.as_view()),
    path("organizations", organizations.Organizations.as_view()),
    path(f"{_ORGANIZATION}/invitations", organizations.Invitations.as_view()),
    path(f"{_ORGANIZATION}/accept", organizations.AcceptInvitation.as_view()),
    path(f"{_ORGANIZATION}/members/<id:user_id>", organizations.Members.as_view()),
    path("tools", tools.Tools.as_view()),
    path(_TOOL, tools.ToolDetail.as_view()),
    path(f"{_TOOL}/releases", tools.Releases.as_view()),
    path(_RELEASE, tools.ReleaseDetail.as_view()),
    path("publications", publications.Publications.as_view()),
    path("publications/<uuid:publication_id>", publications.PublicationDetail.as_view()),
    path("publications/<uuid:publication_id>/cancel", publications.Cancel.as_view()),
    path("publications/<uuid:publication_id>/appeal", publications.Appeal.as_view()),
    path(f"{_RELEASE}/yank", releases.YankRelease.as_view()),
    path(f"{_RELEASE}/unyank", releases.UnyankRelease.as_view()),
    path(f"{_RELEASE}/delete", releases.DeleteRelease.as_view()),
    path(f"{_TOOL}/deprecate", releases.DeprecateTool.as_view()),
    path(f"{_TOOL}/undeprecate", releases.UndeprecateTool.as_view()),
    path("search", search.Search.as_view()),
    path(f"{_TOOL}/reviews", reviews.Reviews.as_view()),
    path(f"{_TOOL}/reviews/mine", reviews.MyReview.as_view()),
]

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("v1/", include(v1)),
]
