"""What Bandit's checks mean for a tool, beside what Bandit itself says of them."""

from lumos.package.findings import Severity
from security_scan.rules.model import Rule

DOCS = "https://bandit.readthedocs.io/en/latest/"
WHY = {
    "B1": "The code relies on a habit that often hides or causes a weakness.",
    "B2": "A setting meant for development, or an unsafe default, is left on.",
    "B3": "The called function is unsafe with input that somebody else controls.",
    "B4": "The imported module is known for weaknesses when its input is not trusted.",
    "B5": "Weak cryptography or unchecked connections protect nothing.",
    "B6": "Input that reaches a shell, a query or an interpreter can run as code there.",
    "B7": "Text that is put into a page without escaping can run as script there.",
}
FIX = {
    "B101": "Raise an exception where the check must hold; Python -O removes asserts.",
    "B102": "Call functions by name from a table instead of running text as code.",
    "B105": "Take the value from one of the tool's settings.",
    "B106": "Take the value from one of the tool's settings.",
    "B107": "Take the value from one of the tool's settings.",
    "B108": "Use the tempfile module, which makes names that nobody can foresee.",
    "B110": "Catch the exception that you expect, and say what happens then.",
    "B112": "Catch the exception that you expect, and say what happens then.",
    "B113": "Pass timeout=… to every request.",
    "B202": "Pass filter='data' to extractall, or check each member's name.",
    "B301": "Use json, or sign what you unpickle.",
    "B307": "Use ast.literal_eval, or parse the expression yourself.",
    "B310": "Check that the address starts with http:// or https:// before opening it.",
    "B311": "Use the secrets module where the number must not be guessed.",
    "B324": "Use sha256, or pass usedforsecurity=False where nothing depends on it.",
    "B501": "Leave certificate checks on.",
    "B506": "Use yaml.safe_load.",
    "B602": "Pass a list of arguments and leave shell=True out.",
    "B603": "Check each argument that comes from outside, and pass a full path.",
    "B605": "Use subprocess.run with a list of arguments.",
    "B607": "Give the program's full path, or find it once with shutil.which.",
    "B608": "Pass values as query parameters instead of putting them into the text.",
    "B701": "Pass autoescape=True.",
}
DEFAULT_FIX = "Follow the advice on the linked page, or explain in the README why it is safe here."


def bandit_rule(test_id: str, title: str, severity: Severity, link: str) -> Rule:
    """The rule for one of Bandit's tests; ``title`` and ``link`` are Bandit's own."""
    return Rule(
        id=f"bandit/{test_id}",
        title=title,
        severity=severity,
        why=WHY.get(test_id[:2], "Bandit knows this as a common weakness."),
        fix=FIX.get(test_id, DEFAULT_FIX),
        link=link,
    )
