"""The URLs of the pages."""

from __future__ import annotations

from django.urls import path, register_converter
from django.views.generic import RedirectView

from marketplace import converters
from marketplace.views import (
    account,
    desk,
    docs,
    feeds,
    home,
    manage,
    mcp,
    organizations,
    publish,
    publishers,
    reviews,
    search,
    site,
    tools,
)

register_converter(converters.NamespaceConverter, "namespace")
register_converter(converters.NameConverter, "toolname")
register_converter(converters.VersionConverter, "version")
register_converter(converters.TabConverter, "tab")
register_converter(converters.RuleConverter, "rule")

TOOL = "tools/<namespace:namespace>/<toolname:name>/"
urlpatterns = [
    path("", home.home, name="home"),
    path("preferences/", home.preferences, name="preferences"),
    path("search", search.results, name="search"),
    path("tools/", RedirectView.as_view(pattern_name="search"), name="tools"),
    path("tools/<toolname:name>/", tools.bare_name, name="tool_bare"),
    path(TOOL, tools.tool, name="tool"),
    path(f"{TOOL}versions/", tools.tool, {"tab": "versions"}, name="tool_versions"),
    path(f"{TOOL}reviews/", reviews.reviews, name="tool_reviews"),
    path(f"{TOOL}reviews/delete/", reviews.delete, name="review_delete"),
    path(f"{TOOL}badge.svg", feeds.badge, name="badge"),
    path(f"{TOOL}releases.atom", feeds.releases, name="releases_feed"),
    path(f"{TOOL}manage/", manage.manage, name="tool_manage"),
    path(f"{TOOL}<tab:tab>/", tools.tool, name="tool_tab"),
    path(f"{TOOL}<version:version>/", tools.tool, name="release"),
    path(f"{TOOL}<version:version>/<tab:tab>/", tools.tool, name="release_tab"),
    path("publishers/<namespace:namespace>/", publishers.publisher, name="publisher"),
    path("account/", account.desk, name="desk"),
    path("account/profile/", account.profile, name="account"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<id:token_id>/revoke/", account.revoke_token, name="token_revoke"),
    path("account/namespaces/", account.namespaces, name="namespaces"),
    path("account/organizations/", organizations.organizations, name="organizations"),
    path("account/organizations/<id:organization_id>/invite/", organizations.invite, name="invite"),
    path("account/organizations/<id:organization_id>/accept/", organizations.accept, name="accept"),
    path(
        "account/organizations/<id:organization_id>/members/<id:user_id>/remove/",
        organizations.remove,
        name="member_remove",
    ),
    path("publish/", publish.publish, name="publish"),
    path("publications/<uuid:publication_id>/", publish.publication, name="publication"),
    path("publications/<uuid:publication_id>/progress/", publish.progress, name="progress"),
    path("publications/<uuid:publication_id>/cancel/", publish.cancel, name="cancel"),
    path("publications/<uuid:publication_id>/appeal/", publish.appeal, name="appeal"),
    path("desk/", desk.queue, name="moderation"),
    path("desk/<id:case_id>/", desk.case, name="moderation_case"),
    path("desk/<id:case_id>/decide/", desk.decide, name="moderation_decide"),
    path("desk/<id:case_id>/accept/", desk.accept, name="moderation_accept"),
    path("desk/<id:case_id>/check-again/", desk.check_again, name="moderation_check_again"),
    path("desk/<id:case_id>/source/", desk.source, name="moderation_source"),
    path("docs/", docs.index, name="docs"),
    path("docs/rules/", docs.rules, name="rules"),
    path("docs/rules/<rule:rule_id>", docs.rule, name="rule"),
    path("docs/<slug:name>/", docs.page, name="docs_page"),
    path("mcp", mcp.Mcp.as_view()),
    path("mcp/", mcp.Mcp.as_view(), name="mcp"),
    path("new.atom", feeds.new_tools, name="new_feed"),
    path("robots.txt", site.robots),
    path("sitemap.xml", site.sitemap),
    path(".well-known/security.txt", site.security_txt),
]
