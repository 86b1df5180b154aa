"""Workbooks made for a test, and property tests that give the same answer everywhere."""

import zipfile

import pytest
from hypothesis import settings
from openpyxl import Workbook

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def save(tmp_path, monkeypatch):
    """Writes rows as the sheets of a workbook and returns its name in the working folder."""
    monkeypatch.chdir(tmp_path)

    def save_sheets(*rows, name="book.xlsx", edit=None, **others):
        book = Workbook()
        book.active.title = "First"
        for title, lines in {"First": rows, **others}.items():
            sheet = book["First"] if title == "First" else book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        if edit:
            edit(book)
        book.save(tmp_path / name)
        return name

    return save_sheets


@pytest.fixture
def rewrite(tmp_path):
    """Replaces text in the parts of a saved workbook, as a careless or hostile program would."""

    def rewrite_parts(name, change, part=SHEET):
        with zipfile.ZipFile(tmp_path / name) as book:
            parts = {item: book.read(item) for item in book.namelist()}
        parts[part] = change(parts[part])
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as book:
            for item, data in parts.items():
                book.writestr(item, data)
        return name

    return rewrite_parts
