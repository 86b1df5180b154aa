"""From daily rows to what cards, pages and sorting show."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from analytics import queries
from analytics.actions import ingest_downloads, roll_figures, update_figures
from analytics.figures import figures
from analytics.models import DailyDownloads
from catalog.models import Release, Tool
from core.models import Job
from tests.analytics.logs import line, write
from tests.registry.releases import put_release

TODAY = dt.date(2026, 11, 22)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def test_the_windows_end_with_today() -> None:
    days = {ago(0): 1, ago(6): 2, ago(7): 4, ago(29): 8, ago(30): 16, ago(83): 32, ago(84): 64}
    found = figures(days, total=1000, today=TODAY)
    assert found.total == 1000
    assert found.month == 1 + 2 + 4 + 8
    assert found.weeks == (32, 0, 0, 0, 0, 0, 0, 24, 0, 0, 4, 3)


def test_a_day_in_the_future_is_in_no_window() -> None:
    assert figures({ago(-1): 5}, total=5, today=TODAY).month == 0


@given(st.dictionaries(st.integers(-5, 200).map(ago), st.integers(0, 1000)))
def test_weeks_add_up_to_what_is_in_the_window(days: dict[dt.date, int]) -> None:
    found = figures(days, total=sum(days.values()), today=TODAY)
    assert sum(found.weeks) == sum(count for day, count in days.items() if ago(84) < day <= TODAY)
    assert found.month <= sum(found.weeks[-5:]) <= found.total
    assert len(found.weeks) == 12


@pytest.mark.usefixtures("own_folders", "db")
class TestRows:
    """The same with rows."""

    @pytest.fixture
    def release(self) -> Release:
        return put_release(written=False)

    def add(self, release: Release, days: int, count: int) -> None:
        day = timezone.now().date() - dt.timedelta(days=days)
        DailyDownloads.objects.create(release=release, day=day, count=count)

    def test_figures_reach_the_tool_its_card_its_document_and_the_search(
        self, release: Release
    ) -> None:
        self.add(release, 0, 5)
        self.add(release, 200, 7)
        assert update_figures(release.tool_id)
        tool = Tool.objects.get(pk=release.tool_id)
        assert (tool.downloads_total, tool.downloads_30d) == (12, 5)
        assert tool.downloads_by_week == [0] * 11 + [5]
        assert (tool.card["downloads"], tool.card["downloads_30d"]) == (12, 5)
        assert '"downloads":12' in tool.document
        job = Job.objects.get(task="search.index_tool")
        assert (job.args, job.key) == ([tool.pk], str(tool.pk))

    def test_figures_that_did_not_change_move_nothing(self, release: Release) -> None:
        self.add(release, 0, 5)
        update_figures(release.tool_id)
        Job.objects.all().delete()
        assert not update_figures(release.tool_id)
        assert not Job.objects.exists()

    def test_a_popular_tool_is_not_indexed_anew_for_each_download(self, release: Release) -> None:
        self.add(release, 0, 50_000)
        update_figures(release.tool_id)
        Job.objects.all().delete()
        DailyDownloads.objects.update(count=50_001)
        assert update_figures(release.tool_id)
        assert Tool.objects.get(pk=release.tool_id).card["downloads"] == 50_001
        assert not Job.objects.filter(task="search.index_tool").exists()
        DailyDownloads.objects.update(count=52_000)
        update_figures(release.tool_id)
        assert Job.objects.filter(task="search.index_tool").exists()

    def test_small_steps_add_up_until_the_index_follows(self, release: Release) -> None:
        self.add(release, 0, 50_000)
        update_figures(release.tool_id)
        Job.objects.all().delete()
        for count in range(50_100, 52_100, 100):
            DailyDownloads.objects.update(count=count)
            update_figures(release.tool_id)
        assert Job.objects.filter(task="search.index_tool").exists()

    def test_days_leave_the_windows_although_nobody_downloads(self, release: Release) -> None:
        self.add(release, 29, 5)
        update_figures(release.tool_id)
        DailyDownloads.objects.update(day=timezone.now().date() - dt.timedelta(days=30))
        roll_figures()
        tool = Tool.objects.get(pk=release.tool_id)
        assert (tool.downloads_30d, tool.downloads_total) == (0, 5)
        DailyDownloads.objects.update(day=timezone.now().date() - dt.timedelta(days=84))
        roll_figures()
        assert Tool.objects.get(pk=release.tool_id).downloads_by_week == [0] * 12

    def test_downloads_are_told_by_day_and_in_all(self, release: Release) -> None:
        newer = put_release(version="1.1.0", written=False)
        self.add(release, 0, 5)
        self.add(newer, 0, 2)
        self.add(newer, 89, 1)
        self.add(newer, 90, 100)
        today = timezone.now().date()
        first = today - dt.timedelta(days=89)
        assert queries.by_day(release.tool, since=first) == {first: 1, today: 7}
        assert queries.total(release.tool) == 108

    def test_nothing_downloaded_is_zero_everywhere(self, release: Release) -> None:
        assert queries.total(release.tool) == 0
        assert queries.by_day(release.tool, since=timezone.now().date()) == {}

    def test_a_line_in_the_log_becomes_a_number_on_the_card(self, release: Release) -> None:
        write(line(release, timezone.now().isoformat()), line(release, timezone.now().isoformat()))
        ingest_downloads()
        for job in Job.objects.filter(task="analytics.update_figures"):
            update_figures(*job.args)
        assert Tool.objects.get(pk=release.tool_id).card["downloads"] == 2
