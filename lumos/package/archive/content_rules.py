"""The rules of what may be in a wheel, and where."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "archive/bytecode",
        N_("Compiled Python in the wheel"),
        what=N_("A file is Python bytecode, by its ending or by its first bytes."),
        why=N_(
            "Bytecode runs without its source, so nobody can see what it does, and Python makes"
            " it again anyway."
        ),
        fix=N_("Leave __pycache__ and .pyc files out of what the build backend packs."),
        bad="acme_tool/__pycache__/core.cpython-311.pyc",
    ),
    Rule(
        "archive/entry-points",
        N_("Commands and plug-ins"),
        what=N_("entry_points.txt registers a command or a plug-in."),
        why=N_(
            "Those run outside of any agent and any permission. Clients call a tool's "
            "functions, nothing else."
        ),
        fix=N_("Remove [project.scripts] and [project.entry-points] from pyproject.toml."),
        bad=('[project.scripts]\nacme = "acme_tool:main"'),
        good=('# in tool.toml\n[functions.search]\nentry = "acme_tool:search"'),
        language="toml",
    ),
    Rule(
        "archive/native-code",
        N_("Native code in a pure wheel"),
        what=N_("A file is compiled code, but the wheel says that it is pure Python."),
        why=N_(
            "It would be installed on systems on which it cannot run, and nobody was told of "
            "code that cannot be read."
        ),
        fix=N_("Build a platform wheel (Root-Is-Purelib: false), or leave the compiled file out."),
    ),
    Rule(
        "archive/no-native-code",
        N_("A platform wheel without native code"),
        severity=Severity.MEDIUM,
        effect=Effect.LOWER,
        what=N_("The file name says that the wheel is for one platform; no file is compiled code."),
        why=N_(
            "Nobody on another platform can install it, for no reason that can be seen. Files that "
            "cannot be read hold a release by rules of their own."
        ),
        fix=N_("Build a pure wheel (py3-none-any), or pack the compiled files that it needs."),
        bad="acme_tool-1.0.0-cp311-cp311-linux_x86_64.whl",
        good="acme_tool-1.0.0-py3-none-any.whl",
    ),
    Rule(
        "archive/nested-archive",
        N_("An archive in the archive"),
        what=N_("A file is itself a zip, a tar, a wheel or the like."),
        why=N_("What lies in it is not scanned."),
        fix=N_("Put its files into the package as they are."),
        bad="acme_tool/data.zip",
        good="acme_tool/data/table.json",
    ),
    Rule(
        "archive/startup-hook",
        N_("Code that runs when Python starts"),
        what=N_(
            "A file such as a .pth file, sitecustomize.py or usercustomize.py runs by being "
            "installed."
        ),
        why=N_(
            "It would run in every program of that environment, without anyone calling the tool."
        ),
        fix=N_("Remove it. Put what must happen into the function that needs it."),
        bad="acme_tool.pth",
    ),
    Rule(
        "archive/import-package",
        N_("No import package"),
        what=N_("The wheel has no package of the name that its distribution demands."),
        why=N_(
            "A tool is imported by its one top-level package, so that no two tools can collide."
        ),
        fix=N_(
            "Call the package NAMESPACE_NAME, with _ for each hyphen, and give it an __init__.py."
        ),
        bad="src/websearch/__init__.py",
        good="src/acme_web_search/__init__.py",
    ),
    Rule(
        "archive/layout",
        N_("A file outside of the package"),
        what=N_(
            "A file lies outside of the import package and the dist-info folder, or one that "
            "must be there is missing."
        ),
        why=N_(
            "A tool installs its own package and its metadata, and touches nobody else's files."
        ),
        fix=N_(
            "Keep every file in the import package. Tests and documents stay in the repository."
        ),
        bad=("tests/test_search.py\nacme_web_search/__init__.py"),
        good="acme_web_search/__init__.py",
    ),
    Rule(
        "archive/name-mismatch",
        N_("Two names for one wheel"),
        what=N_("METADATA names another distribution or version than the file name."),
        why=N_("Clients choose by the file name and read the metadata."),
        fix=N_("Build the wheel again and do not rename it."),
    ),
)
