"""The rules of the names of a wheel: its file name, WHEEL and the dist-info folder."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "archive/filename",
        N_("Not the name of a wheel"),
        what=N_(
            "The file name is not name-version-python-abi-platform.whl in the spelling of the "
            "wheel standard."
        ),
        why=N_("Installers choose a file by its name before they open it."),
        fix=N_("Upload the file under the name that the build backend gave it."),
        bad="acme tool 1.0.whl",
        good="acme_tool-1.0.0-py3-none-any.whl",
    ),
    Rule(
        "archive/build-number",
        N_("A wheel with a build number"),
        what=N_(
            "The file name or WHEEL has a build number, as in acme_tool-1.0.0-2-py3-none-any.whl."
        ),
        why=N_(
            "With a build number one version could have two files, and a lock file could not "
            "say which was meant."
        ),
        fix=N_("Build without a build number; publish a correction as a new version."),
        bad="acme_tool-1.0.0-2-py3-none-any.whl",
        good="acme_tool-1.0.1-py3-none-any.whl",
    ),
    Rule(
        "archive/python-tag",
        N_("Not for Python 3"),
        what=N_("The wheel's tag names no Python 3."),
        why=N_("Tools run on Python 3.11 or newer."),
        fix=N_("Build the wheel for py3, or for a CPython 3 where it holds compiled code."),
    ),
    Rule(
        "archive/dist-info",
        N_("Not exactly one dist-info folder"),
        what=N_(
            "The wheel has no dist-info folder, more than one, or one of another name or version."
        ),
        why=N_(
            "Installers take the tool's metadata from it; a second one could say something else."
        ),
        fix=N_("Build the wheel again and do not rename it."),
        bad=("acme_tool-1.0.0-py3-none-any.whl\n  acme_tool-0.9.0.dist-info/METADATA"),
    ),
    Rule(
        "archive/wheel-version",
        N_("WHEEL cannot be read"),
        what=N_(
            "The file WHEEL is malformed, or does not say Wheel-Version: 1.0 and Root-Is-Purelib."
        ),
        why=N_("Installers decide by it where the files go."),
        fix=N_("Build the wheel again with a current build backend."),
        good=(
            "Wheel-Version: 1.0\n"
            "Generator: hatchling 1.27.0\n"
            "Root-Is-Purelib: true\n"
            "Tag: py3-none-any"
        ),
    ),
    Rule(
        "archive/tags",
        N_("Tags that contradict one another"),
        what=N_(
            "WHEEL names other tags than the file name, or says that the wheel is not pure "
            "while the name says that it is."
        ),
        why=N_("Installers choose by the name and install by WHEEL."),
        fix=N_("Build the wheel again and do not rename it."),
    ),
)
