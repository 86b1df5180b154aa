"""Rules about permissions: what the code uses against what the manifest declares."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["MEANING", "RULES"]

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

RULES = table(
    Rule(
        "permissions/undeclared-network",
        N_("Uses network without saying so"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        why=N_(
            "The code talks to other machines, but the manifest does not tell whoever installs "
            "the tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "network" to permissions in tool.toml, as narrow as it can be, or remove the '
            "code that needs it."
        ),
        bad='requests.get("https://api.example.org/")',
        language="python",
    ),
    Rule(
        "permissions/undeclared-file-read",
        N_("Uses file-read without saying so"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        why=N_(
            "The code reads files or asks about them, but the manifest does not tell whoever "
            "installs the tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "file-read" to permissions in tool.toml, as narrow as it can be, or remove the'
            " code that needs it."
        ),
        bad="open(path).read()",
        language="python",
    ),
    Rule(
        "permissions/undeclared-file-write",
        N_("Uses file-write without saying so"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        why=N_(
            "The code creates, changes or removes files, but the manifest does not tell whoever"
            " installs the tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "file-write" to permissions in tool.toml, as narrow as it can be, or remove '
            "the code that needs it."
        ),
        bad='open(path, "w")',
        language="python",
    ),
    Rule(
        "permissions/undeclared-environment",
        N_("Uses environment without saying so"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        why=N_(
            "The code reads or sets environment variables, but the manifest does not tell "
            "whoever installs the tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "environment" to permissions in tool.toml, as narrow as it can be, or remove '
            "the code that needs it."
        ),
        bad='os.environ["API_KEY"]',
        language="python",
    ),
    Rule(
        "permissions/undeclared-database",
        N_("Uses database without saying so"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        why=N_(
            "The code opens a database, but the manifest does not tell whoever installs the "
            "tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "database" to permissions in tool.toml, as narrow as it can be, or remove the '
            "code that needs it."
        ),
        bad='sqlite3.connect("notes.db")',
        language="python",
    ),
    Rule(
        "permissions/undeclared-crypto",
        N_("Uses crypto without saying so"),
        effect=Effect.HOLD,
        why=N_(
            "The code encrypts, decrypts, signs or makes keys, but the manifest does not tell "
            "whoever installs the tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "crypto" to permissions in tool.toml, as narrow as it can be, or remove the '
            "code that needs it."
        ),
        bad="Fernet(key).encrypt(data)",
        language="python",
    ),
    Rule(
        "permissions/undeclared-system-command",
        N_("Uses system-command without saying so"),
        effect=Effect.HOLD,
        why=N_(
            "The code starts programs or loads native libraries, but the manifest does not tell"
            " whoever installs the tool. A moderator has to look at it before it goes live."
        ),
        fix=N_(
            'Add "system-command" to permissions in tool.toml, as narrow as it can be, or '
            "remove the code that needs it."
        ),
        bad='subprocess.run(["git", "status"])',
        language="python",
    ),
    Rule(
        "permissions/undeclared-user-data",
        N_("Uses user-data without saying so"),
        effect=Effect.HOLD,
        why=N_(
            "The code reads what belongs to the person: home folder, passwords, clipboard, "
            "screen, but the manifest does not tell whoever installs the tool. A moderator has "
            "to look at it before it goes live."
        ),
        fix=N_(
            'Add "user-data" to permissions in tool.toml, as narrow as it can be, or remove the'
            " code that needs it."
        ),
        bad="Path.home()",
        language="python",
    ),
    Rule(
        "permissions/undeclared-admin",
        N_("Uses admin without saying so"),
        effect=Effect.HOLD,
        why=N_(
            "The code needs or changes the rights of a system's administrator, but the manifest"
            " does not tell whoever installs the tool. A moderator has to look at it before it "
            "goes live."
        ),
        fix=N_(
            'Add "admin" to permissions in tool.toml, as narrow as it can be, or remove the '
            "code that needs it."
        ),
        bad="os.setuid(0)",
        language="python",
    ),
    Rule(
        "permissions/unused",
        N_("A permission that the code does not seem to use"),
        severity=Severity.INFO,
        effect=Effect.LOWER,
        why=N_("A tool that asks for more than it needs can do more harm when it is taken over."),
        fix=N_(
            "Remove the permission from tool.toml. If a library uses it out of sight of the "
            "scanner, leave it."
        ),
        bad='permissions = ["database"] in a tool that opens none',
        language="python",
    ),
)
