import base64
import codecs
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_file_reader import file_reader
from lumos_file_reader.decoding import decode


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_file(data, name="file.txt"):
        (tmp_path / name).write_bytes(data)
        return name

    return write_file


def test_text_is_read_as_utf_8_with_its_size_and_lines(write):
    found = file_reader(write("é\n漢\r\nend".encode()))
    assert found.content == "é\n漢\r\nend"
    assert (found.path, found.encoding, found.size, found.lines) == ("file.txt", "utf-8", 11, 3)


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\n\n", 2)])
def test_lines_are_counted_as_an_editor_does(write, data, lines):
    assert file_reader(write(data)).lines == lines


def test_a_byte_order_mark_is_dropped(write):
    assert file_reader(write(codecs.BOM_UTF8 + b"x")).content == "x"
    assert file_reader(write("é".encode("utf-16")), "utf-16").content == "é"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "shift_jis", "UTF-16-LE", "utf-32"])
def test_other_encodings_are_read(write, encoding):
    text = "cafe" if encoding == "shift_jis" else "café"
    assert file_reader(write(text.encode(encoding)), encoding).content == text


def test_base64_gives_the_bytes_of_any_file(write):
    data = bytes(range(256))
    found = file_reader(write(data), "base64")
    assert base64.b64decode(found.content) == data
    assert (found.encoding, found.size, found.lines) == ("base64", 256, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 'a PNG image, not text. Use encoding "base64"'),
        (b"\xff\xd8\xff\xe0 jpeg", "a JPEG image"),
        (b"%PDF-1.7 \xff", "a PDF document"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"abc\0def", "is binary, not text"),
        (b"caf\xe9", 'byte 4 does not fit. Try another encoding, such as "cp1252"'),
        ("é".encode("utf-16"), 'byte order mark of utf-16. Use encoding "utf-16"'),
        ("é".encode("utf-32"), 'byte order mark of utf-32. Use encoding "utf-32"'),
    ],
)
def test_what_is_not_text_in_the_encoding_is_refused_with_a_hint(write, data, message):
    with pytest.raises(ValueError, match=message):
        file_reader(write(data))


@pytest.mark.parametrize(
    "encoding", ["utf-9", "rot13", "zlib", "hex", "", "utf\0", "unicode_escape"]
)
def test_what_is_no_text_encoding_is_refused(write, encoding):
    with pytest.raises(ValueError, match="is not one of text files"):
        file_reader(write(b"x"), encoding)


def test_a_file_of_exactly_max_size_is_read_and_a_larger_one_refused(write):
    name = write(b"12345")
    assert file_reader(name, max_size=5).content == "12345"
    with pytest.raises(ValueError, match=r"has 5 bytes, more than the 4 .* Raise max_size to 5"):
        file_reader(name, max_size=4)


@pytest.mark.parametrize("max_size", [0, -1, 104857601])
def test_max_size_out_of_bounds_is_refused(write, max_size):
    with pytest.raises(ValueError, match="between 1 and 104857600"):
        file_reader(write(b"x"), max_size=max_size)


def test_a_missing_file_names_its_neighbors(write):
    write(b"x", "notes.txt")
    with pytest.raises(ValueError, match=r"no file 'notes.tx'. Did you mean 'notes.txt'\?"):
        file_reader("notes.tx")
    with pytest.raises(ValueError, match="Relative paths start at"):
        file_reader("entirely-different")
    with pytest.raises(ValueError, match="The folder 'nowhere' is not there either"):
        file_reader("nowhere/notes.txt")


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_a_path_that_names_nothing_is_refused(write, path):
    with pytest.raises(ValueError, match="names no file"):
        file_reader(path)


def test_a_folder_is_refused(write, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=r"is a folder.* Name a file inside it"):
        file_reader("folder")


def test_a_path_through_a_file_is_refused(write):
    with pytest.raises(ValueError, match=r"cannot be read|no file"):
        file_reader(write(b"x") + "/inner")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
def test_a_pipe_is_refused_without_waiting(write, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is a pipe"):
        file_reader("pipe")


def test_a_device_and_a_socket_are_refused(write, tmp_path):
    with pytest.raises(ValueError, match="is a device"):
        file_reader(os.devnull)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(ValueError, match="is a socket"):
            file_reader("socket")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system has no /proc")
def test_a_file_that_says_it_is_empty_is_read_to_its_end(write):
    assert "Name:" in file_reader("/proc/self/status").content


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_says_so(write, tmp_path):
    (tmp_path / write(b"x")).chmod(0)
    with pytest.raises(ValueError, match="may not be read by this user"):
        file_reader("file.txt")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_any_text_survives_utf_8(text):
    assert decode(text.encode(), "utf-8", "file")[0] == text


@given(st.binary(max_size=64), st.sampled_from(["utf-8", "utf-16", "utf-32", "cp1252", "utf-7"]))
def test_any_bytes_give_text_or_a_value_error(data, encoding):
    try:
        text, _ = decode(data, encoding, "file")
    except ValueError as error:
        assert "base64" in str(error) or "Use encoding" in str(error)
    else:
        text.encode()
