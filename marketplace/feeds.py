"""The Atom feeds: new tools, and the releases of each tool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from catalog.models import Release, Tool
from lumos.package.text import legible
from marketplace.addresses import SiteRequest

ENTRIES = 30


class _TextFeed(Atom1Feed):
    """Atom whose summaries are plain text: the base class declares them as HTML."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})


class _SiteFeed(Feed):
    """A feed that is the same for every reader; its address is its id."""

    feed_type = _TextFeed
    language = settings.LANGUAGE_CODE

    def feed_guid(self, obj: Any) -> str:
        return f"{settings.SITE_URL}{self.feed_url(obj)}"

    def feed_url(self, obj: Any) -> str:
        raise NotImplementedError

    def render(self, obj: Any = None) -> bytes:
        """The feed in UTF-8, with addresses below SITE_URL."""
        text: str = self.get_feed(obj, SiteRequest()).writeString("utf-8")
        return text.encode()


class NewTools(_SiteFeed):
    """The tools that were published last."""

    def title(self, _obj: None) -> str:
        return f"{_('New tools')} · {settings.SITE_NAME}"

    def link(self) -> str:
        return f"{reverse('search')}?sort=created"

    def feed_url(self, obj: None) -> str:
        return reverse("new_feed")

    def items(self) -> QuerySet[Tool]:
        tools = Tool.objects.live().select_related("namespace").order_by("-created_at", "-pk")
        return tools.defer("card", "document")[:ENTRIES]

    def item_title(self, item: Tool) -> str:
        return item.full_name

    def item_description(self, item: Tool) -> str:
        return legible(item.summary)

    def item_pubdate(self, item: Tool) -> dt.datetime:
        return item.created_at

    item_updateddate = item_pubdate

    def item_author_name(self, item: Tool) -> str:
        return item.namespace.name


class Releases(_SiteFeed):
    """The releases of one tool, newest first."""

    def title(self, obj: Tool) -> str:
        return f"{_('Releases of %(tool)s') % {'tool': obj.full_name}} · {settings.SITE_NAME}"

    def link(self, obj: Tool) -> str:
        return obj.get_absolute_url()

    def feed_url(self, obj: Tool) -> str:
        return reverse("releases_feed", args=[obj.namespace.name, obj.name])

    def items(self, obj: Tool) -> Iterable[Release]:
        releases = obj.releases.live().prefetch_related("yanks").order_by("-published_at", "-pk")
        shown = releases.only("tool", "version", "published_at", "notes", "summary")[:ENTRIES]
        for release in shown:
            release.tool = obj
            yield release

    def item_title(self, item: Release) -> str:
        title = f"{item.tool.full_name} {item.version}"
        return _("%(release)s (yanked)") % {"release": title} if item.is_yanked else title

    def item_description(self, item: Release) -> str:
        return legible(strip_tags(item.notes)) or legible(item.summary)

    def item_pubdate(self, item: Release) -> dt.datetime:
        return item.published_at

    item_updateddate = item_pubdate

    def item_author_name(self, item: Release) -> str:
        return item.tool.namespace.name
