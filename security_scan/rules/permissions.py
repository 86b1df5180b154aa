"""Rules about permissions: what the code uses against what the manifest declares."""

from lumos.package.findings import Severity
from security_scan.rules.model import Rule, by_id

MEANING = {
    "network": "talks to other machines",
    "file-read": "reads files or asks about them",
    "file-write": "creates, changes or removes files",
    "environment": "reads or sets environment variables",
    "database": "opens a database",
    "crypto": "encrypts, decrypts, signs or makes keys",
    "system-command": "starts programs or loads native libraries",
    "user-data": "reads what belongs to the person: home folder, passwords, clipboard, screen",
    "admin": "needs or changes the rights of a system's administrator",
}
EXAMPLES = {
    "network": 'requests.get("https://api.example.org/")',
    "file-read": "open(path).read()",
    "file-write": 'open(path, "w")',
    "environment": 'os.environ["API_KEY"]',
    "database": 'sqlite3.connect("notes.db")',
    "crypto": "Fernet(key).encrypt(data)",
    "system-command": 'subprocess.run(["git", "status"])',
    "user-data": "Path.home()",
    "admin": "os.setuid(0)",
}
HIGH = {"system-command", "crypto", "user-data", "admin"}


def _undeclared(kind: str) -> Rule:
    return Rule(
        id=f"permissions/undeclared-{kind}",
        title=f"Uses {kind} without saying so",
        severity=Severity.HIGH if kind in HIGH else Severity.MEDIUM,
        why=f"The code {MEANING[kind]}, but the manifest does not tell whoever installs the tool. "
        "A moderator has to look at it before it goes live.",
        fix=f'Add "{kind}" to permissions in tool.toml, as narrow as it can be, or remove the '
        "code that needs it.",
        example=EXAMPLES[kind],
        blocking=True,
    )


RULES = by_id(
    [
        *(_undeclared(kind) for kind in MEANING),
        Rule(
            id="permissions/unused",
            title="A permission that the code does not seem to use",
            severity=Severity.INFO,
            why="A tool that asks for more than it needs can do more harm when it is taken over.",
            fix="Remove the permission from tool.toml. If a library uses it out of sight of the "
            "scanner, leave it.",
            example='permissions = ["database"] in a tool that opens none',
        ),
    ]
)
