import datetime as dt
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_excel_reader import excel_reader, opening, rows
from lumos_excel_reader.area import Area, column_name, read_area


def test_a_sheet_is_read_with_its_headers(save):
    table = excel_reader(save(["name", "age"], ["Ada", 36], ["Ken", 41.5]))
    assert (table.sheet, table.sheets, table.range) == ("First", ["First"], "A1:B3")
    assert table.headers == ["name", "age"]
    assert table.rows == [{"name": "Ada", "age": 36}, {"name": "Ken", "age": 41.5}]
    assert (table.row_count, table.truncated, table.warnings) == (2, False, [])


def test_values_keep_their_types(save):
    (row,) = excel_reader(save(["a", "b", "c", "d", "e"], [True, 1, 1.5, "1", None])).rows
    assert row == {"a": True, "b": 1, "c": 1.5, "d": "1", "e": None}
    assert [type(value) for value in row.values()] == [bool, int, float, str, type(None)]


def test_dates_and_times_are_iso_8601(save):
    def formats(book):
        cells = book.active
        cells["B1"].number_format = 'dd.mm.yyyy "hours"'
        cells["C1"].number_format = "yyyy-mm-dd hh:mm"
        cells["E1"].number_format = "[h]:mm:ss"

    midnight = dt.datetime(2024, 2, 29)
    name = save(
        [
            dt.datetime(2024, 2, 29, 18, 30),
            midnight,
            midnight,
            dt.time(7, 5),
            dt.timedelta(hours=36),
        ],
        edit=formats,
    )
    (row,) = excel_reader(name, headers=False).rows
    assert list(row.values()) == [
        "2024-02-29T18:30:00",
        "2024-02-29",
        "2024-02-29T00:00:00",
        "07:05:00",
        "36:00:00",
    ]


def test_workbooks_that_count_from_1904_give_the_same_dates(save):
    def use_1904(book):
        book.epoch = dt.datetime(1904, 1, 1)

    name = save([dt.datetime(2024, 2, 29, 12)], edit=use_1904)
    assert excel_reader(name, headers=False).rows[0]["A"] == "2024-02-29T12:00:00"


def test_a_formula_without_a_computed_value_is_null(save):
    assert excel_reader(save(["sum", "x"], ["=1+1", 5])).rows == [{"sum": None, "x": 5}]


def test_a_formula_gives_the_value_that_was_computed_last(save, rewrite):
    name = save(["sum"], ["=1+1"])
    rewrite(name, lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>"))
    assert excel_reader(name).rows == [{"sum": 2}]


def test_errors_in_cells_are_told(save):
    def spoil(book):
        book.active["B2"].value = "#DIV/0!"
        book.active["B2"].data_type = "e"

    table = excel_reader(save(["a", "b"], [1, None], edit=spoil))
    assert table.rows == [{"a": 1, "b": "#DIV/0!"}]
    assert table.warnings == ["The cell B2 holds the error #DIV/0!."]


def test_empty_rows_are_skipped_and_short_ones_filled(save):
    table = excel_reader(save([], ["a", "b"], [1], [], [None, None], [2, 3], []))
    assert table.range == "A2:B6"
    assert table.rows == [{"a": 1, "b": None}, {"a": 2, "b": 3}]


def test_names_are_made_unique_and_told(save):
    table = excel_reader(save(["x", None, "x", 2024, " x_2 "], [1, 2, 3, 4, 5, 6]))
    assert table.headers == ["x", "B", "x_3", "2024", "x_2", "F"]
    assert table.rows[0]["F"] == 6
    assert table.warnings[:2] == [
        "Column B has no name; it is called 'B' here.",
        "Column C repeats the name 'x'; it is called 'x_3' here.",
    ]


def test_without_headers_the_columns_have_the_letters_of_the_sheet(save):
    table = excel_reader(save([1, 2], [3, 4]), range="B1:B9", headers=False)
    assert table.rows == [{"B": 2}, {"B": 4}]
    assert (table.range, table.warnings) == ("B1:B2", [])


def test_sheets_are_chosen_by_name_in_any_case(save):
    name = save(["a"], [1], Second=[["b"], [2]])
    assert excel_reader(name, "Second").rows == [{"b": 2}]
    assert excel_reader(name, " second ").rows == [{"b": 2}]
    assert excel_reader(name, range="second!A1:A2").rows == [{"b": 2}]
    assert excel_reader(name).sheets == ["First", "Second"]


def test_the_first_visible_sheet_is_the_default(save):
    def hide(book):
        book["First"].sheet_state = "hidden"

    assert excel_reader(save(["a"], [1], edit=hide, Second=[["b"], [2]])).sheet == "Second"


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ("B2:C3", [[22, 23], [32, 33]]),
        ("$b$2:$c$3", [[22, 23], [32, 33]]),
        ("C3:B2", [[22, 23], [32, 33]]),
        ("B2", [[22]]),
        ("B:C", [[12, 13], [22, 23], [32, 33]]),
        ("2:3", [[21, 22, 23], [31, 32, 33]]),
        ("'First'!A1:A2", [[11], [21]]),
        ("C3:E9", [[33, None, None]]),
    ],
)
def test_a_range_bounds_what_is_read(save, cells, values):
    name = save([11, 12, 13], [21, 22, 23], [31, 32, 33])
    table = excel_reader(name, range=cells, headers=False)
    assert [list(row.values()) for row in table.rows] == values


def test_max_rows_cuts_and_says_so(save):
    name = save(["n"], [1], [2], [3])
    table = excel_reader(name, max_rows=2)
    assert (table.row_count, table.truncated, table.range) == (2, True, "A1:A3")
    assert excel_reader(name, max_rows=3).truncated is False
    assert excel_reader(name, headers=False, max_rows=4).truncated is False


def test_an_empty_sheet_is_an_empty_table(save):
    table = excel_reader(save())
    assert (table.headers, table.rows, table.range) == ([], [], "")
    assert table.warnings == ["There are no cells with values there."]


def test_a_sheet_that_lies_about_its_size_is_read_whole(save, rewrite):
    name = save(["a", "b"], [1, 2])
    rewrite(name, lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1"'))
    assert excel_reader(name).rows == [{"a": 1, "b": 2}]


def test_a_row_far_away_takes_no_time(save, rewrite):
    name = save(["a"], [1])
    rewrite(name, lambda xml: xml.replace(b'r="2"', b'r="99999999999"').replace(b'"A2"', b'"A9"'))
    started = time.process_time()
    assert excel_reader(name).rows == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_rows": 0}, "between 1 and 100000"),
        ({"max_rows": 100_001}, "between 1 and 100000"),
        ({"sheet_name": "Third"}, "no sheet 'Third' in the workbook. Its sheets are: 'First'"),
        ({"range": "Third!A1"}, "no sheet 'Third'"),
        ({"range": "A1:"}, "cannot be read. Write it as A1:C10"),
        ({"range": "A"}, "cannot be read"),
        ({"range": "one to two"}, "cannot be read"),
        ({"range": "A0:B2"}, "outside the sheet"),
        ({"range": "A1:ZZZ9"}, "outside the sheet"),
        ({"range": "A1:A1048577"}, "outside the sheet"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(save, arguments, message):
    with pytest.raises(ValueError, match=message):
        excel_reader(save(["a"]), **arguments)


def test_a_missing_file_and_a_folder_are_refused(save, tmp_path):
    for path in ("nowhere.xlsx", "", "a\0b"):
        with pytest.raises(ValueError, match="There is no file"):
            excel_reader(path)
    with pytest.raises(ValueError, match="no regular file"):
        excel_reader(str(tmp_path))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,2", "there is the tool csv-parser"),
        (b"", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls workbook, or it is protected"),
        (b"PK\x03\x04 and nothing more", "no Excel workbook"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(save, tmp_path, data, message):
    (tmp_path / "book.xlsx").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        excel_reader("book.xlsx")


@pytest.mark.parametrize(("part", "message"), [("x", "archive"), ("xl/workbook.bin", "xlsb")])
def test_an_archive_of_another_kind_is_refused(save, tmp_path, part, message):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr(part, "")
    with pytest.raises(ValueError, match=message):
        excel_reader("book.xlsx")


BOMB = (
    b'<!DOCTYPE w [<!ENTITY a "'
    + b"x" * 1000
    + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 30) for n in range(6))
    + b"]><worksheet>&g;</worksheet>"
)


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: b"not xml at all",
        lambda xml: xml.replace(b'r="A2"', b'r="2A"'),
        lambda xml: xml.replace(b't="n"', b't="d"'),
        lambda xml: xml.replace(b'r="A2"', b'r="ZZZZZZ2"'),
        lambda xml: BOMB,
    ],
)
def test_a_damaged_sheet_is_told(save, rewrite, change):
    name = rewrite(save(["a"], [1]), change)
    with pytest.raises(ValueError, match=r"it may be damaged. Open it"):
        excel_reader(name)


def test_a_damaged_workbook_part_is_told(save, rewrite):
    name = rewrite(save(["a"]), lambda xml: b"<workbook/>", part="xl/workbook.xml")
    with pytest.raises(ValueError, match=r"damaged|no sheet with cells"):
        excel_reader(name)


def test_a_workbook_that_unpacks_to_too_much_is_refused(save, rewrite, monkeypatch):
    monkeypatch.setattr(opening, "MAX_UNPACKED_BYTES", 1_000_000)
    name = rewrite(save(["a"]), lambda xml: b" " * 1_000_001)
    with pytest.raises(ValueError, match="unpacks to"):
        excel_reader(name)


def test_a_table_that_would_have_too_many_cells_is_refused(save, monkeypatch):
    monkeypatch.setattr(rows, "MAX_CELLS", 50_000)
    name = save(*([n] for n in range(40)))
    with pytest.raises(ValueError, match="50,000 cells"):
        excel_reader(name, range="A1:XFC40")


@given(st.integers(1, 16_384), st.integers(1, 1_048_576))
def test_every_cell_is_found_by_its_name(column, row):
    expected = Area(column, row, column, row)
    assert read_area(f"{column_name(column)}{row}") == expected


@given(st.text(alphabet="ABXZ019:$!' ", max_size=12))
def test_any_range_is_read_or_refused(text):
    try:
        area = read_area(text)
    except ValueError:
        return
    assert 1 <= area.left <= area.right <= 16_384
    assert 1 <= area.top <= area.bottom <= 1_048_576
