"""The rules of a release's version number."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "compatibility/version-too-low",
        N_("A version number that promises too much"),
        what=N_(
            "Compared with the release before it, a function or a permission changed in a way "
            "that this version number does not allow."
        ),
        why=N_(
            "Whoever wrote ^1.2 gets 1.3 without looking. A breaking change behind such a "
            "number breaks their agent."
        ),
        fix=N_(
            "Publish it as the version that the finding names, or take the changes back. Below "
            "1.0.0 a new minor version is enough for a breaking change."
        ),
        bad=(
            "# 1.2.0\n"
            "def search(query: str, limit: int = 10) -> list[str]: ...\n"
            "# 1.3.0: limit is required now\n"
            "def search(query: str, limit: int) -> list[str]: ..."
        ),
        good=(
            "# 2.0.0: limit is required now\ndef search(query: str, limit: int) -> list[str]: ..."
        ),
        language="python",
    ),
    Rule(
        "release/version-exists",
        N_("A version that was published already"),
        what=N_("The version in the wheel was published already, with other contents."),
        why=N_("A release never changes."),
        fix=N_("Raise the version in pyproject.toml."),
        bad='version = "1.0.0"',
        good='version = "1.0.1"',
        language="toml",
    ),
)
