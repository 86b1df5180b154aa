import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_csv_parser import csv_parser


def test_a_quoted_field_stays_whole():
    table = csv_parser('a,b\n1,"x,y"')
    assert table.headers == ["a", "b"]
    assert table.rows == [{"a": "1", "b": "x,y"}]
    assert (table.row_count, table.truncated, table.warnings) == (1, False, [])


def test_quotes_may_hold_line_breaks_and_doubled_quotes():
    table = csv_parser('note,who\r\n"first\r\nsecond ""line""",Ann\r\n')
    assert table.rows == [{"note": 'first\r\nsecond "line"', "who": "Ann"}]


def test_a_quote_inside_an_unquoted_field_is_text():
    assert csv_parser('size\n5" pipe').rows == [{"size": '5" pipe'}]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_separates_rows(ending):
    table = csv_parser(ending.join(["a,b", "1,2", "", "3,4", ""]))
    assert [list(row.values()) for row in table.rows] == [["1", "2"], ["3", "4"]]


def test_a_byte_order_mark_is_not_part_of_the_first_name():
    assert csv_parser("\ufeffid\n7").headers == ["id"]


def test_a_byte_order_mark_before_a_quoted_name_is_dropped_too():
    assert csv_parser('\ufeff"id, really"\n7').headers == ["id, really"]


def test_a_short_row_has_nulls_and_is_reported_with_its_line():
    table = csv_parser('a,b,c\n"1\n2",x\n3,4,5')
    assert table.rows[0] == {"a": "1\n2", "b": "x", "c": None}
    assert table.warnings == ["The row on line 2 has 2 fields instead of 3."]


def test_a_long_row_keeps_its_extra_fields():
    table = csv_parser("a,b\n1,2,3\n4,5")
    assert table.headers == ["a", "b", "column_3"]
    assert table.rows == [
        {"a": "1", "b": "2", "column_3": "3"},
        {"a": "4", "b": "5", "column_3": None},
    ]
    assert table.warnings == ["The row on line 2 has 3 fields instead of 2."]


def test_an_empty_field_is_not_a_missing_field():
    assert csv_parser("a,b\n,").rows == [{"a": "", "b": ""}]


def test_repeated_and_empty_names_are_made_unique_and_told():
    table = csv_parser("x,x,,x_2,x\n1,2,3,4,5")
    assert table.headers == ["x", "x_3", "column_3", "x_2", "x_4"]
    assert table.rows[0]["x_3"] == "2"
    assert len(table.warnings) == 3
    assert "repeats the name 'x'" in table.warnings[0]


def test_a_generated_name_never_takes_a_real_one():
    table = csv_parser("column_2,,a\n1,2,3")
    assert table.headers == ["column_2", "column_2_2", "a"]


def test_without_headers_the_columns_are_numbered():
    table = csv_parser("1,2\n3,4", has_headers=False)
    assert table.headers == ["column_1", "column_2"]
    assert table.row_count == 2
    assert table.warnings == []


def test_max_rows_cuts_and_says_so():
    table = csv_parser("n\n1\n2\n3", max_rows=2)
    assert (table.row_count, table.truncated) == (2, True)
    assert csv_parser("n\n1\n2", max_rows=2).truncated is False


def test_an_empty_text_is_an_empty_table():
    table = csv_parser("")
    assert (table.headers, table.rows) == ([], [])
    assert table.warnings == ["The text holds no rows."]


@pytest.mark.parametrize(("delimiter", "text"), [(";", "a;b\n1;2"), ("\t", "a\tb\n1\t2")])
def test_other_delimiters_separate(delimiter, text):
    assert csv_parser(text, delimiter=delimiter).rows == [{"a": "1", "b": "2"}]


def test_a_written_out_tab_is_a_tab():
    assert csv_parser("a\tb\n1\t2", delimiter="\\t").rows == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "\r", "\0"])
def test_a_delimiter_that_cannot_work_is_refused_with_a_hint(delimiter):
    with pytest.raises(ValueError, match=r"exactly one character.*Try"):
        csv_parser("a,b", delimiter=delimiter)


@pytest.mark.parametrize("max_rows", [0, -1, 100_001])
def test_max_rows_out_of_bounds_is_refused(max_rows):
    with pytest.raises(ValueError, match="between 1 and 100000"):
        csv_parser("a", max_rows=max_rows)


@pytest.mark.parametrize("text", ['a,b\n1,"open', 'a,b\n1,"x"y'])
def test_a_broken_quote_is_refused_with_its_line(text):
    with pytest.raises(ValueError, match=r"starts on line 2 .*Check the quotes"):
        csv_parser(text)


def test_a_field_may_be_larger_than_the_default_limit_of_the_csv_module():
    assert csv_parser("a\n" + "x" * 200_000).rows[0]["a"] == "x" * 200_000


def test_a_text_that_would_unfold_into_too_many_cells_is_refused():
    wide = ",".join("a" * 16_000)
    with pytest.raises(ValueError, match="cells that are returned at once"):
        csv_parser(wide + "\n1" * 1000)


def test_many_equal_names_take_no_quadratic_time():
    table = csv_parser(",".join(["same"] * 16_000))
    assert len(set(table.headers)) == 16_000
    assert len(table.warnings) == 21


cells = st.text(alphabet=string.ascii_letters + ' ,;"\n\r\té漢', max_size=8)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6))
def test_whatever_the_csv_module_writes_is_read_back(records):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(records)
    table = csv_parser(buffer.getvalue(), has_headers=False)
    width = max(map(len, records))
    padded = [record + [None] * (width - len(record)) for record in records]
    assert [list(row.values()) for row in table.rows] == padded


@given(st.text(max_size=60), st.booleans())
def test_any_text_gives_a_rectangular_table_or_a_value_error(text, has_headers):
    try:
        table = csv_parser(text, has_headers=has_headers)
    except ValueError:
        return
    assert len(set(table.headers)) == len(table.headers)
    assert all(list(row) == table.headers for row in table.rows)
