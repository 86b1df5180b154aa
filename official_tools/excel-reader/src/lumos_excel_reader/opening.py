"""Opening a workbook: only what is one, and only as large as it says it is."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import load_workbook  # type: ignore[import-untyped]

from lumos_excel_reader.errors import WorkbookError

__all__ = ["MAX_FILE_BYTES", "MAX_UNPACKED_BYTES", "choose_sheet", "open_workbook"]

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 200_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOK, _BINARY_WORKBOOK = "xl/workbook.xml", "xl/workbook.bin"


@contextmanager
def open_workbook(path: str) -> Iterator[Any]:
    """The workbook in a file, opened for reading row by row.

    Whatever goes wrong while it is read is a damaged workbook. Raises WorkbookError.
    """
    _check_path(path)
    try:
        with Path(path).open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_content(path, file)
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield workbook
            workbook.close()
    except WorkbookError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkbookError(
            f"The file {path!r} cannot be read: {reason}. Check who may read it."
        ) from None
    except Exception as error:
        raise WorkbookError(
            f"The workbook {path!r} cannot be understood ({type(error).__name__}); it may be "
            "damaged. Open it in a spreadsheet program and save it again as .xlsx."
        ) from None


def choose_sheet(workbook: Any, name: str | None) -> Any:
    """The sheet of that name, or the first visible one; raises WorkbookError."""
    sheets = workbook.worksheets
    if not sheets:
        raise WorkbookError("The workbook has no sheet with cells. Choose another file.")
    if not name:
        return next((sheet for sheet in sheets if sheet.sheet_state == "visible"), sheets[0])
    for sheet in sheets:
        if sheet.title == name:
            return sheet
    for sheet in sheets:
        if sheet.title.strip().casefold() == name.strip().casefold():
            return sheet
    titles = ", ".join(repr(sheet.title) for sheet in sheets)
    raise WorkbookError(f"There is no sheet {name!r} in the workbook. Its sheets are: {titles}.")


def _check_path(path: str) -> None:
    file = Path(path)
    if not path or "\0" in path or not file.exists():
        raise WorkbookError(
            f"There is no file {path!r}. Check the path; a relative one starts at the working "
            "folder."
        )
    if not file.is_file():
        raise WorkbookError(f"{path!r} is no regular file. Name a workbook, such as people.xlsx.")
    size = file.stat().st_size
    if size > MAX_FILE_BYTES:
        raise WorkbookError(
            f"The file {path!r} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are "
            "read. Split the workbook."
        )


def _check_content(path: str, file: BinaryIO) -> None:
    if file.read(4) == _OLE:
        raise WorkbookError(
            f"The file {path!r} is an old .xls workbook, or it is protected by a password. "
            "Save it as .xlsx without a password."
        )
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {part.filename: part.file_size for part in archive.infolist()}
    except zipfile.BadZipFile:
        raise WorkbookError(
            f"The file {path!r} is no Excel workbook. Use one that is saved as .xlsx; for a text "
            "with separators there is the tool csv-parser."
        ) from None
    if _WORKBOOK not in sizes:
        kind = "a binary .xlsb workbook" if _BINARY_WORKBOOK in sizes else "an archive of its own"
        raise WorkbookError(f"The file {path!r} is {kind}, not an .xlsx one. Save it as .xlsx.")
    unpacked = sum(sizes.values())
    if unpacked > MAX_UNPACKED_BYTES:
        raise WorkbookError(
            f"The workbook {path!r} unpacks to {unpacked:,} bytes, more than the "
            f"{MAX_UNPACKED_BYTES:,} that are read. Split it."
        )
