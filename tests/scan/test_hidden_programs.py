"""Programs that a package hides in texts or data files, decodes when it is called, and runs."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import pytest

from security_scan.engine import scan
from security_scan.scanners.malware import MalwareScanner
from tests.scan.samples import write

HEAD = (
    "import base64, bz2, ctypes, gzip, marshal, mmap, os, pickle, subprocess, sys, tempfile, zlib\n"
    "from pathlib import Path\nfrom cryptography.fernet import Fernet\n"
    "HERE = Path(__file__).parent\nDATA = HERE / 'data.bin'\n"
)
TEXT = base64.b64encode(zlib.compress(b"print('hello from the hidden program')" * 3)).decode()
PLAIN = base64.b64encode(b"print('hello from the hidden program')" * 3).decode()
ELF = base64.b64encode(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 5).decode()
TEMPORARY = "    path = tempfile.mktemp()\n    Path(path).write_bytes({})\n"
START = "    os.chmod(path, 0o755)\n    subprocess.run([path])\n"

#: What a function of the tool does when it is called; the payload is a constant or a data file.
PROGRAMS = {
    "base64 and exec": f"    exec(base64.b64decode('{PLAIN}'))\n",
    "base64 of a file and exec": "    exec(base64.b64decode(DATA.read_bytes()))\n",
    "exec of a file": "    exec(DATA.read_text())\n",
    "base64 of a packaged resource and exec": (
        "    import pkgutil\n"
        "    exec(base64.b64decode(pkgutil.get_data('acme_tool', 'data.bin')))\n"
    ),
    "zlib, marshal and exec": (
        f"    exec(marshal.loads(zlib.decompress(base64.b64decode('{TEXT}'))))\n"
    ),
    "zlib, marshal and exec of a file": (
        "    exec(marshal.loads(zlib.decompress(DATA.read_bytes())))\n"
    ),
    "a function made of marshaled code": (
        "    import types\n"
        "    types.FunctionType(marshal.loads(gzip.decompress(DATA.read_bytes())), globals())()\n"
    ),
    "unpickling a constant": f"    pickle.loads(base64.b64decode('{PLAIN}'))\n",
    "decrypting and exec": (
        f"    exec(Fernet(os.environ['K'].encode()).decrypt(b'{PLAIN}'))\n"
    ),
    "decrypting a file and exec": (
        "    exec(Fernet(os.environ['K'].encode()).decrypt(DATA.read_bytes()))\n"
    ),
    "xor and exec": (
        f"    exec(bytes(a ^ 7 for a in base64.b64decode('{PLAIN}')))\n"
    ),
    "xor of a file and exec": "    exec(bytes(a ^ 7 for a in DATA.read_bytes()))\n",
    "a temporary program": (
        TEMPORARY.format(f"base64.b64decode('{PLAIN}')") + START
    ),
    "a temporary program of a file": (
        TEMPORARY.format("zlib.decompress(DATA.read_bytes())") + START
    ),
    "a temporary program of an encrypted file": (
        TEMPORARY.format("Fernet(os.environ['K'].encode()).decrypt(DATA.read_bytes())") + START
    ),
    "a temporary program with a named file": (
        "    with tempfile.NamedTemporaryFile(delete=False) as f:\n"
        "        f.write(base64.b64decode(DATA.read_bytes()))\n"
        "    os.chmod(f.name, 0o700)\n    subprocess.Popen([f.name])\n"
    ),
    "a temporary Python file": (
        "    path = tempfile.mktemp(suffix='.py')\n"
        f"    Path(path).write_bytes(base64.b64decode('{PLAIN}'))\n"
        "    subprocess.run([sys.executable, path])\n"
    ),
    "code for the interpreter's command line": (
        "    code = base64.b64decode(DATA.read_bytes()).decode()\n"
        "    subprocess.run([sys.executable, '-c', code])\n"
    ),
    "code for the interpreter's standard input": (
        "    subprocess.run([sys.executable, '-'], input=base64.b64decode(DATA.read_bytes()))\n"
    ),
    "a decoded shell command": f"    os.system(base64.b64decode('{PLAIN}').decode())\n",
    "machine code in memory": (
        f"    code = base64.b64decode('{PLAIN}')\n"
        "    memory = mmap.mmap(-1, len(code), prot=mmap.PROT_EXEC)\n"
        "    memory.write(code)\n"
        "    where = ctypes.addressof(ctypes.c_char.from_buffer(memory))\n"
        "    ctypes.CFUNCTYPE(ctypes.c_int)(where)()\n"
    ),
    "machine code of a file in memory": (
        "    code = zlib.decompress(DATA.read_bytes())\n"
        "    memory = mmap.mmap(-1, len(code), prot=mmap.PROT_EXEC)\n"
        "    memory.write(code)\n"
        "    where = ctypes.addressof(ctypes.c_char.from_buffer(memory))\n"
        "    ctypes.CFUNCTYPE(ctypes.c_int)(where)()\n"
    ),
    "a library of hidden code": (
        TEMPORARY.format("base64.b64decode(DATA.read_bytes())") + "    ctypes.CDLL(path).main()\n"
    ),
    "a file that is only in memory": (
        "    fd = os.memfd_create('x')\n    os.write(fd, zlib.decompress(DATA.read_bytes()))\n"
        "    os.execv(f'/proc/self/fd/{fd}', ['x'])\n"
    ),
    "a native program in a text": (
        f"    program = '{ELF}'\n"
        + TEMPORARY.format("base64.b64decode(program)") + START
    ),
    "a native program in a text of the module": (
        TEMPORARY.format("base64.b64decode(PROGRAM)") + START + f"PROGRAM = '{ELF}'\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_a_hidden_program_that_is_run_when_called_is_held(body: str, tmp_path: Path) -> None:
    folder = write(tmp_path, core=f"{HEAD}def call():\n{body}")
    (folder / "acme_tool" / "data.bin").write_bytes(zlib.compress(b"x" * 100))
    report = scan(folder, scanners=[MalwareScanner()])
    assert report.blocking, [(f.rule, f.evidence["signals"]) for f in report.findings]


#: What honest tools do with encoded data.
HONEST = {
    "a picture that is shown": (
        f"    path = Path('logo.png')\n    path.write_bytes(base64.b64decode('{PLAIN}'))\n"
        "    subprocess.run(['xdg-open', 'result.html'])\n"
    ),
    "data that is read": "    return zlib.decompress(DATA.read_bytes())\n",
    "a compressed input for a filter": (
        "    text = gzip.decompress(Path('words.gz').read_bytes())\n"
        "    return subprocess.run(['sort'], input=text, capture_output=True).stdout\n"
    ),
    "a picture for a program": (
        "    path = tempfile.mktemp(suffix='.png')\n"
        "    Path(path).write_bytes(base64.b64decode(DATA.read_bytes()))\n"
        "    subprocess.run(['ffmpeg', '-i', path, 'out.mp4'])\n"
    ),
}


@pytest.mark.parametrize("body", HONEST.values(), ids=HONEST)
def test_encoded_data_that_nothing_runs_is_not_held(body: str, tmp_path: Path) -> None:
    folder = write(tmp_path, core=f"{HEAD}def call():\n{body}")
    (folder / "acme_tool" / "data.bin").write_bytes(zlib.compress(b"x" * 100))
    report = scan(folder, scanners=[MalwareScanner()])
    assert not report.blocking, [(f.rule, f.evidence["signals"]) for f in report.blocking]
