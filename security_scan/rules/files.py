"""Rules about files as such, and about a scan that could not look at everything."""

from lumos.package.findings import Severity
from security_scan.rules.model import Rule, by_id

#: The rule about source that the parser of the scanning Python refused.
UNPARSED = "files/unparsable"

RULES = by_id(
    [
        Rule(
            id="files/native-code",
            title="Native code",
            severity=Severity.LOW,
            why="Compiled code cannot be read by the scanners or by the people who install it.",
            fix="Ship Python where it is fast enough. Otherwise link the source of the native code "
            "in a public repository from the README, keep its build reproducible, and wait for a "
            "moderator's decision.",
            example="acme_tool/_speedups.cpython-311-x86_64-linux-gnu.so",
            blocking=True,
        ),
        Rule(
            id="files/executable",
            title="A program inside the package",
            severity=Severity.HIGH,
            why="An executable that is no extension module runs outside Python, where no "
            "permission of the tool is watched and nobody can read what it does.",
            fix="Remove the program and say in the README that the user installs it. If it must "
            "be in the package, link its source in a public repository from the README and wait "
            "for a moderator's decision.",
            example="acme_tool/bin/helper.exe",
            blocking=True,
        ),
        Rule(
            id="files/started-script",
            title="A program in another language that the tool starts",
            severity=Severity.HIGH,
            why="The scanners read Python. A script in another language runs with the same rights, "
            "and nobody has checked what it does.",
            fix="Do it in Python, or have the user install the program and call it by its name. If "
            "the script must be in the package, link its source in a public repository from the "
            "README and wait for a moderator's decision.",
            example='subprocess.run(["node", Path(__file__).parent / "helper.js"])',
            blocking=True,
        ),
        Rule(
            id="files/byte-code",
            title="Compiled Python",
            severity=Severity.HIGH,
            why="Byte code runs without its source, so nobody can see what it does, and it may "
            "differ from the source that lies beside it.",
            fix="Leave .pyc and .pyo files out of the wheel; Python makes them when it needs them.",
            example="acme_tool/__pycache__/core.cpython-311.pyc",
            blocking=True,
        ),
        Rule(
            id="files/undecodable",
            title="A source file that cannot be decoded",
            severity=Severity.HIGH,
            why="Nobody can review a file whose text cannot be read, and an interpreter may read "
            "it differently from a scanner.",
            fix="Save the file as UTF-8 without a coding line.",
            example="# -*- coding: rot13 -*-",
            blocking=True,
        ),
        Rule(
            id="files/escaped-code",
            title="Source whose encoding hides code",
            severity=Severity.CRITICAL,
            why="Under this encoding Python reads code where a person reads a comment or a text.",
            fix="Save the file as UTF-8 without a coding line.",
            example="# -*- coding: raw_unicode_escape -*-",
            blocking=True,
        ),
        Rule(
            id=UNPARSED,
            title="Source that no Python of this marketplace can parse",
            severity=Severity.HIGH,
            why="Code that cannot be parsed cannot be checked, and a program may still run it. The "
            "lines that could be read were searched, but a person has to look at the rest.",
            fix="Fix the syntax and publish again. If the code is for a newer Python than the "
            "message names, or for Python 2, leave the file out, ship it as text under another "
            "suffix than .py if it is a template, or wait for a moderator's decision.",
            example='print "hello"',
            blocking=True,
        ),
        Rule(
            id="files/too-large",
            title="A source file too large to parse",
            severity=Severity.MEDIUM,
            why="Very large source files hide what they do, and only their text was searched.",
            fix="Move data out of the source into a data file, or split the module.",
            example="a module of more than 4 MB",
            blocking=True,
        ),
        Rule(
            id="files/unread-code",
            title="Code that could not be read",
            severity=Severity.CRITICAL,
            why="The file is too large or too deeply nested to be checked, and it names functions "
            "that run code, start programs or use the network. Hostile packages hide this way.",
            fix="Move data into a data file and keep code in modules of ordinary size.",
            example="a module of 5 MB that calls exec",
            blocking=True,
        ),
        Rule(
            id="files/startup-hook",
            title="Code that runs whenever Python starts",
            severity=Severity.HIGH,
            why="Python runs import lines of .pth files, sitecustomize and usercustomize in every "
            "program of the environment, whether or not anybody uses the tool.",
            fix="Remove the file; let the user call what it does.",
            example="acme.pth: import os; os.system('…')",
        ),
        Rule(
            id="scan/could-not-finish",
            title="A scanner could not finish",
            severity=Severity.HIGH,
            why="A file made a scanner crash, run out of memory or run too long, so what it "
            "holds was not fully checked. Hostile files do this on purpose.",
            fix="Look at the named file: split giant literals and deep nesting, remove what is "
            "not needed, then publish again. If it is an ordinary file, wait for the decision of a "
            "moderator, who looks at it.",
            example="x = ((((((((… 100,000 deep …))))))))",
            blocking=True,
        ),
        Rule(
            id="scan/too-many-findings",
            title="More findings than are shown",
            severity=Severity.INFO,
            why="A report of thousands of lines helps nobody; the first of each rule are kept.",
            fix="Mend what is shown and scan again.",
        ),
    ]
)
