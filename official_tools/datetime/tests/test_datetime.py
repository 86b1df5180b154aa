import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_datetime import datetime
from lumos_datetime.arithmetic import UNITS

BERLIN = "Europe/Berlin"


def parse(text, **options):
    return datetime("parse", text, **options)


def test_now_is_the_current_time_in_the_zone():
    before = dt.datetime.now(dt.UTC).timestamp()
    moment = datetime("now", timezone="Asia/Tokyo")
    assert before <= moment.unix <= dt.datetime.now(dt.UTC).timestamp()
    assert (moment.timezone, moment.utc_offset) == ("Asia/Tokyo", "+09:00")
    assert moment.iso.endswith("+09:00")


def test_a_moment_is_told_with_its_calendar():
    moment = parse("2024-12-31T18:30:00Z")
    assert moment.iso == moment.text == "2024-12-31T18:30:00+00:00"
    assert moment.unix == 1735669800.0
    assert (moment.weekday, moment.week, moment.day_of_year) == ("Tuesday", 1, 366)
    assert moment.notes == []


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-02-29", "2024-02-29T00:00:00+00:00"),
        ("20240229", "2024-02-29T00:00:00+00:00"),
        ("2024-W09-4", "2024-02-29T00:00:00+00:00"),
        ("2024-02-29 12:30", "2024-02-29T12:30:00+00:00"),
        ("2024-02-29T12:30:15.250+02:00", "2024-02-29T10:30:15.250000+00:00"),
        ("Thu, 29 Feb 2024 12:30:00 +0530", "2024-02-29T07:00:00+00:00"),
        ("29 Feb 2024 12:30:00 GMT", "2024-02-29T12:30:00+00:00"),
        ("1709209800", "2024-02-29T12:30:00+00:00"),
        ("1709209800.5", "2024-02-29T12:30:00.500000+00:00"),
        ("1709209800123", "2024-02-29T12:30:00.123000+00:00"),
        ("-1", "1969-12-31T23:59:59+00:00"),
        (" 0 ", "1970-01-01T00:00:00+00:00"),
    ],
)
def test_many_notations_are_read(text, iso):
    assert parse(text).iso == iso


def test_a_pattern_reads_other_notations():
    assert parse("31.12.2024 18:30", format="%d.%m.%Y %H:%M").iso == "2024-12-31T18:30:00+00:00"


def test_a_time_with_an_offset_is_told_in_the_wanted_zone():
    assert parse("2024-07-01T12:00:00+00:00", timezone=BERLIN).iso == "2024-07-01T14:00:00+02:00"


def test_a_time_without_an_offset_belongs_to_the_wanted_zone():
    assert parse("2024-07-01T12:00:00", timezone=BERLIN).iso == "2024-07-01T12:00:00+02:00"


@pytest.mark.parametrize("zone", ["+05:30", "UTC+5:30", "+0530", "GMT+05:30"])
def test_an_offset_is_a_time_zone(zone):
    assert parse("2024-01-01", timezone=zone).utc_offset == "+05:30"


@pytest.mark.parametrize("zone", ["utc", "Z", "GMT", "-00:00", "+0"])
def test_utc_has_several_names(zone):
    assert parse("2024-01-01", timezone=zone).utc_offset == "+00:00"


def test_a_time_that_the_clock_skips_is_moved_forward_and_told():
    moment = parse("2024-03-31T02:30", timezone=BERLIN)
    assert moment.iso == "2024-03-31T03:30:00+02:00"
    assert "does not exist in Europe/Berlin" in moment.notes[0]


def test_a_time_that_comes_twice_is_the_first_one_and_told():
    moment = parse("2024-10-27T02:30", timezone=BERLIN)
    assert moment.iso == "2024-10-27T02:30:00+02:00"
    assert "comes twice" in moment.notes[0]


def add(start, amount, unit, **options):
    return datetime("add", start, amount=amount, unit=unit, **options).iso


def test_hours_follow_the_time_that_passes_across_daylight_saving():
    assert add("2024-10-26T12:00", 24, "hours", timezone=BERLIN) == "2024-10-27T11:00:00+01:00"
    assert add("2024-03-31T01:30", 1, "hour", timezone=BERLIN) == "2024-03-31T03:30:00+02:00"
    assert add("2024-10-27T02:30", 60, "minutes", timezone=BERLIN) == "2024-10-27T02:30:00+01:00"


def test_days_keep_the_clock_on_the_wall_across_daylight_saving():
    assert add("2024-10-26T12:00", 1, "day", timezone=BERLIN) == "2024-10-27T12:00:00+01:00"
    assert add("2024-03-30T02:30", 1, "days", timezone=BERLIN) == "2024-03-31T03:30:00+02:00"
    assert add("2024-03-24T12:00", 1, "week", timezone=BERLIN) == "2024-03-31T12:00:00+02:00"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "iso"),
    [
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2023-01-31", 1, "month", "2023-02-28"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2024-11-30", 1, "quarter", "2025-02-28"),
        ("2024-01-15", -1, "months", "2023-12-15"),
        ("2024-12-31", 1, "days", "2025-01-01"),
        ("2024-02-28", 2, "weeks", "2024-03-13"),
    ],
)
def test_calendar_steps_end_in_the_right_month(start, amount, unit, iso):
    assert add(start, amount, unit) == f"{iso}T00:00:00+00:00"


def test_a_day_that_a_month_has_not_is_told():
    moment = datetime("add", "2024-01-31", amount=1, unit="month")
    assert moment.notes == ["The month has no day 31, so the last one is meant."]


def test_subtract_goes_the_other_way():
    moment = datetime("subtract", "2024-03-31", amount=1, unit="month")
    assert moment.iso == "2024-02-29T00:00:00+00:00"


def test_fractions_of_hours_and_milliseconds_are_added():
    assert add("2024-01-01", 1.5, "hours") == "2024-01-01T01:30:00+00:00"
    assert add("2024-01-01", 250, "milliseconds") == "2024-01-01T00:00:00.250000+00:00"


def test_without_an_input_the_current_time_is_moved():
    moment = datetime("add", amount=1, unit="hour")
    assert moment.unix == pytest.approx(dt.datetime.now(dt.UTC).timestamp() + 3600, abs=5)


def test_format_writes_the_text():
    moment = datetime("format", "2024-02-05T07:08:09Z", "%d.%m.%Y, %H:%M")
    assert moment.text == "05.02.2024, 07:08"
    assert moment.iso == "2024-02-05T07:08:09+00:00"


def test_other_operations_write_their_text_by_the_format_too():
    moment = datetime("add", "2024-02-28", "%A, %-d %B", amount=1, unit="day")
    assert moment.text == "Thursday, 29 February"


STANDARD_CODES = [
    "Y",
    "y",
    "G",
    "m",
    "B",
    "b",
    "d",
    "e",
    "j",
    "A",
    "a",
    "u",
    "w",
    "V",
    "U",
    "W",
    "H",
    "I",
    "p",
    "M",
    "S",
    "f",
    "z",
    "Z",
    "%",
]


@given(
    st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9000, 1, 1)),
    st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kathmandu"]),
)
def test_codes_mean_what_they_mean_in_python(naive, zone):
    pattern = "|".join(f"%{code}" for code in STANDARD_CODES)
    aware = naive.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
    expected = aware.astimezone(zoneinfo.ZoneInfo(zone))
    moment = datetime("format", aware.isoformat(), pattern, zone)
    if expected.utcoffset().total_seconds() % 60 == 0:
        assert moment.text == expected.strftime(pattern)
    assert moment.unix == expected.timestamp()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%F %T %R %D", "2024-02-05 07:08:09 07:08 02/05/24"),
        ("%-d.%-m.%y %-H %-I%p", "5.2.24 7 7AM"),
        ("%s %:z %n%t%%", "1707116889 +00:00 \n\t%"),
        ("%c", "Mon Feb  5 07:08:09 2024"),
        ("no codes, 東京", "no codes, 東京"),
    ],
)
def test_codes_are_the_same_on_every_system(pattern, text):
    assert datetime("format", "2024-02-05T07:08:09Z", pattern).text == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"operation": "tomorrow"}, "Choose one of: now, parse"),
        ({"operation": "parse"}, "needs an input"),
        ({"operation": "parse", "input": "  "}, "needs an input"),
        ({"operation": "parse", "input": "yesterday"}, "cannot|Write ISO 8601"),
        ({"operation": "parse", "input": "2024-02-30"}, "Write ISO 8601"),
        ({"operation": "parse", "input": "1" * 25}, "Write ISO 8601"),
        ({"operation": "parse", "input": "Mon, 99 Dec 1995 13:30:00 GMT"}, "Write ISO 8601"),
        ({"operation": "parse", "input": "1.1.2024", "format": "%Y"}, "does not follow the format"),
        ({"operation": "parse", "input": "x", "format": "%"}, "does not follow the format"),
        ({"operation": "parse", "input": "0001-01-01", "timezone": "+05:00"}, "years 1 to 9999"),
        ({"operation": "format", "input": "2024-01-01"}, "needs a format"),
        ({"operation": "format", "input": "2024-01-01", "format": "%Q"}, "'%Q' is not known"),
        ({"operation": "format", "input": "2024-01-01", "format": "100%"}, "'%' is not known"),
        ({"operation": "format", "input": "2024-01-01", "format": "x" * 501}, "Shorten it"),
        ({"operation": "add", "input": "2024-01-01"}, "needs a finite amount and a unit"),
        ({"operation": "add", "amount": 1, "unit": "fortnight"}, "'fortnight' is not known"),
        ({"operation": "add", "amount": 0.5, "unit": "days"}, "Use a smaller unit"),
        ({"operation": "add", "amount": float("nan"), "unit": "days"}, "finite amount"),
        ({"operation": "add", "amount": 1e300, "unit": "seconds"}, "outside the years"),
        ({"operation": "add", "amount": 1e300, "unit": "days"}, "outside the years"),
        ({"operation": "add", "amount": 8000, "unit": "years"}, "outside the years"),
        ({"operation": "now", "timezone": "Berlin"}, "Did you mean 'Europe/Berlin'"),
        ({"operation": "now", "timezone": "new york"}, "Did you mean 'America/New_York'"),
        ({"operation": "now", "timezone": "Europe/Berln"}, "Did you mean 'Europe/Berlin'"),
        ({"operation": "now", "timezone": "../../etc/passwd"}, "is not known"),
        ({"operation": "now", "timezone": ""}, "is not known"),
        ({"operation": "now", "timezone": "+25:00"}, "between -23:59 and"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_hint(arguments, message):
    with pytest.raises(ValueError, match=message):
        datetime(**arguments)


zones = st.sampled_from([BERLIN, "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca"])
moments = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1))


@given(moments, zones, st.integers(-10_000, 10_000), st.sampled_from(["seconds", "hours"]))
def test_passing_time_is_the_difference_of_unix_times(start, zone, amount, unit):
    text = start.replace(tzinfo=dt.UTC).isoformat()
    moved = datetime("add", text, timezone=zone, amount=amount, unit=unit)
    seconds = amount * (3600 if unit == "hours" else 1)
    assert moved.unix == pytest.approx(start.replace(tzinfo=dt.UTC).timestamp() + seconds, abs=1e-3)


@given(moments, zones, st.integers(-900, 900), st.sampled_from(UNITS))
def test_every_result_is_a_time_that_exists(start, zone, amount, unit):
    moved = datetime("add", start.isoformat(), timezone=zone, amount=amount, unit=unit)
    assert parse(moved.iso, timezone=zone).iso == moved.iso


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text)
    except ValueError as error:
        assert str(error).endswith(".")
