"""Rules about files as such, and about a scan that could not look at everything."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES", "UNPARSED"]

#: The rule about source that the parser of the scanning Python refused.
UNPARSED = "files/unparsable"

RULES = table(
    Rule(
        "files/native-code",
        N_("Native code"),
        severity=Severity.LOW,
        effect=Effect.HOLD,
        why=N_("Compiled code cannot be read by the scanners or by the people who install it."),
        fix=N_(
            "Ship Python where it is fast enough. Otherwise link the source of the native code "
            "in a public repository from the README, keep its build reproducible, and wait for "
            "a moderator's decision."
        ),
        bad="acme_tool/_speedups.cpython-311-x86_64-linux-gnu.so",
    ),
    Rule(
        "files/executable",
        N_("A program inside the package"),
        effect=Effect.HOLD,
        why=N_(
            "An executable that is no extension module runs outside Python, where no permission"
            " of the tool is watched and nobody can read what it does."
        ),
        fix=N_(
            "Remove the program and say in the README that the user installs it. If it must be "
            "in the package, link its source in a public repository from the README and wait "
            "for a moderator's decision."
        ),
        bad="acme_tool/bin/helper.exe",
    ),
    Rule(
        "files/started-script",
        N_("A program in another language that the tool starts"),
        effect=Effect.HOLD,
        why=N_(
            "The scanners read Python. A script in another language runs with the same rights, "
            "and nobody has checked what it does."
        ),
        fix=N_(
            "Do it in Python, or have the user install the program and call it by its name. If "
            "the script must be in the package, link its source in a public repository from the "
            "README and wait for a moderator's decision."
        ),
        bad='subprocess.run(["node", Path(__file__).parent / "helper.js"])',
        language="python",
    ),
    Rule(
        "files/run-data",
        N_("A data file that the tool runs as Python"),
        effect=Effect.HOLD,
        why=N_(
            "The scanners read the files that are Python by their names. Code in another file runs "
            "with the same rights, and nobody has checked what it does."
        ),
        fix=N_(
            "Make the file a module of the package (a name that ends in .py) and import it. If it "
            "must stay a data file, wait for a moderator's decision."
        ),
        bad='exec((Path(__file__).parent / "plugin.tpl").read_text())',
        good="from acme_tool import plugin",
        language="python",
    ),
    Rule(
        "files/byte-code",
        N_("Compiled Python"),
        effect=Effect.HOLD,
        why=N_(
            "Byte code runs without its source, so nobody can see what it does, and it may "
            "differ from the source that lies beside it."
        ),
        fix=N_("Leave .pyc and .pyo files out of the wheel; Python makes them when it needs them."),
        bad="acme_tool/__pycache__/core.cpython-311.pyc",
    ),
    Rule(
        "files/undecodable",
        N_("A source file that cannot be decoded"),
        effect=Effect.HOLD,
        why=N_(
            "Nobody can review a file whose text cannot be read, and an interpreter may read it"
            " differently from a scanner."
        ),
        fix=N_("Save the file as UTF-8 without a coding line."),
        bad="# -*- coding: rot13 -*-",
    ),
    Rule(
        "files/escaped-code",
        N_("Source whose encoding hides code"),
        severity=Severity.CRITICAL,
        why=N_("Under this encoding Python reads code where a person reads a comment or a text."),
        fix=N_("Save the file as UTF-8 without a coding line."),
        bad="# -*- coding: raw_unicode_escape -*-",
    ),
    Rule(
        UNPARSED,
        N_("Source that no Python of this marketplace can parse"),
        effect=Effect.HOLD,
        why=N_(
            "Code that cannot be parsed cannot be checked, and a program may still run it. The "
            "lines that could be read were searched, but a person has to look at the rest."
        ),
        fix=N_(
            "Fix the syntax and publish again. If the code is for a newer Python than the "
            "message names, or for Python 2, leave the file out, ship it as text under another "
            "suffix than .py if it is a template, or wait for a moderator's decision."
        ),
        bad='print "hello"',
    ),
    Rule(
        "files/too-large",
        N_("A source file too large to parse"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        why=N_("Very large source files hide what they do, and only their text was searched."),
        fix=N_("Move data out of the source into a data file, or split the module."),
        bad="a module of more than 4 MB",
    ),
    Rule(
        "files/unread-code",
        N_("Code that could not be read"),
        severity=Severity.CRITICAL,
        effect=Effect.HOLD,
        why=N_(
            "The file is too large or too deeply nested to be checked, and it names functions "
            "that run code, start programs or use the network. Hostile packages hide this way."
        ),
        fix=N_("Move data into a data file and keep code in modules of ordinary size."),
        bad="a module of 5 MB that calls exec",
    ),
    Rule(
        "files/startup-hook",
        N_("Code that runs whenever Python starts"),
        effect=Effect.LOWER,
        why=N_(
            "Python runs import lines of .pth files, sitecustomize and usercustomize in every "
            "program of the environment, whether or not anybody uses the tool."
        ),
        fix=N_("Remove the file; let the user call what it does."),
        bad="acme.pth: import os; os.system('…')",
    ),
    Rule(
        "scan/could-not-finish",
        N_("A scanner could not finish"),
        effect=Effect.HOLD,
        why=N_(
            "A file made a scanner crash, run out of memory or run too long, so what it holds "
            "was not fully checked. Hostile files do this on purpose."
        ),
        fix=N_(
            "Look at the named file: split giant literals and deep nesting, remove what is not "
            "needed, then publish again. If it is an ordinary file, wait for the decision of a "
            "moderator, who looks at it."
        ),
        bad="x = ((((((((… 100,000 deep …))))))))",
    ),
    Rule(
        "scan/too-many-findings",
        N_("More findings than are shown"),
        severity=Severity.INFO,
        effect=Effect.LOWER,
        what=N_("The scanners have more findings than a report shows."),
        why=N_("A report of thousands of lines helps nobody; the first of each rule are kept."),
        fix=N_("Fix what is shown and scan again."),
    ),
)
