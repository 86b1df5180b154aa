"""Addresses of accounts in the API."""

from django.urls import path

from accounts import (
    api,
    api_organisations,
    openapi,  # noqa: F401 - tells the API's description of our credentials
)

urlpatterns = [
    path("whoami", api.WhoAmI.as_view()),
    path("namespaces", api.Namespaces.as_view()),
    path("organisations", api_organisations.Organisations.as_view()),
    path("organisations/<id:organisation_id>/invitations", api_organisations.Invitations.as_view()),
    path("organisations/<id:organisation_id>/accept", api_organisations.AcceptInvitation.as_view()),
    path(
        "organisations/<id:organisation_id>/members/<id:user_id>",
        api_organisations.Members.as_view(),
    ),
]
