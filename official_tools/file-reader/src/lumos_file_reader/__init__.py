"""Read files safely."""

from lumos_file_reader.reader import FileContent, file_reader

__all__ = ["FileContent", "file_reader"]
