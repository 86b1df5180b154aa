"""Addresses of the shop in the API."""

from django.urls import path

from marketplace import api

urlpatterns = [
    path("tools/<slug:namespace>/<slug:name>/reviews", api.Reviews.as_view()),
    path("tools/<slug:namespace>/<slug:name>/reviews/mine", api.MyReview.as_view()),
]
