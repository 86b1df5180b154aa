"""The rules that only the registry or the sandbox can check."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "archive/damaged-in-store",
        N_("The stored file changed"),
        severity=Severity.CRITICAL,
        what=N_(
            "The bytes in the marketplace's own store no longer have the SHA-256 with which "
            "they arrived."
        ),
        why=N_(
            "A disk error or a person changed them after the upload. Only the uploaded bytes can "
            "go live."
        ),
        fix=N_("Publish it again. The operator should check the disk."),
    ),
    Rule(
        "name/look-alike",
        N_("The name looks like that of another tool"),
        what=N_("The name can hardly be distinguished from that of an existing tool."),
        why=N_("Users could confuse the two. Malicious packages often use look-alike names."),
        fix=N_("Choose a name that looks different."),
        bad="acme/web-searc1",
        good="acme/page-finder",
    ),
    Rule(
        "name/near-popular",
        N_("The name is one typo away from that of a popular tool"),
        effect=Effect.HOLD,
        what=N_(
            "The name of a new tool differs only by one letter, by the order of words or by a "
            "word without meaning from that of an official or popular tool of another owner."
        ),
        why=N_(
            "Malicious packages use such names to be installed by mistake, and the package itself "
            "does not show it. So a moderator reviews it before it goes live."
        ),
        fix=N_(
            "Choose a more distinct name. If the name is right, wait for the moderator: the "
            "version is reserved for you."
        ),
        bad="acme/csv-parsr",
        good="acme/table-reader",
    ),
    Rule(
        "name/third-party",
        N_("The name is used by a package of another index"),
        what=N_("A release here already requires a package of this name from another index."),
        why=N_("Users who install that tool with pip would get this one instead."),
        fix=N_("Choose another name."),
    ),
    Rule(
        "dependency/not-installable",
        N_("No release satisfies a dependency"),
        what=N_(
            "A requirement names a tool that does not exist in this marketplace, or a version "
            "range that none of its releases satisfies."
        ),
        why=N_(
            "Everyone who adds this tool needs all of its dependencies, so they are checked "
            "before it goes live."
        ),
        fix=N_("Choose a range that a release satisfies, or publish that tool first."),
        bad='dependencies = ["lumos-http-request>=9"]',
        good='dependencies = ["lumos-http-request>=1.0,<2"]',
        language="toml",
    ),
    Rule(
        "dependency/not-installed",
        N_("Dependencies cannot be installed"),
        what=N_(
            "Installing the requirements in the sandbox failed, took too long or used too much "
            "disk space."
        ),
        why=N_(
            "It would fail in the same way for everyone who adds the tool. Only wheels are "
            "installed, because installing them runs no code."
        ),
        fix=N_(
            "Read the installer's output in the finding. Often a version does not exist, or "
            "has no wheel."
        ),
        weaker=(Severity.MEDIUM,),
    ),
    Rule(
        "example/failed",
        N_("An example does not return the expected output"),
        what=N_(
            "The sandbox ran the example, and the function raised an error, took too long or "
            "returned something else."
        ),
        why=N_(
            "Users and agents rely on examples, so the marketplace runs each one before a "
            "release goes live."
        ),
        fix=N_(
            "Fix the function or the example. The finding shows the difference; `lumos run` "
            "shows what the function returns."
        ),
        bad=('input = { name = "Ada" }\noutput = { text = "Goodbye Ada" }'),
        good=('input = { name = "Ada" }\noutput = { text = "Hello Ada" }'),
        language="toml",
        weaker=(Severity.MEDIUM,),
    ),
    Rule(
        "permissions/seen-undeclared",
        N_("Was seen to use what it does not declare"),
        severity=Severity.HIGH,
        effect=Effect.HOLD,
        what=N_(
            "While it ran in the sandbox, the tool reached for a host, a file or a program, and "
            "the manifest declares no permission for it."
        ),
        why=N_(
            "Whoever installs the tool decides by its permissions. The sandbox has no network and "
            "none of your files, so it shows what the tool tries, without harm. A moderator looks "
            "at it before it goes live."
        ),
        fix=N_(
            "Add the permission to tool.toml, as narrow as it can be, or remove what needs it. A "
            "library may do it for you: look for an option that switches it off."
        ),
        bad='permissions = []  # and a connection to "stats.example.org" was seen',
        good='permissions = ["network:stats.example.org"]',
        language="toml",
    ),
    Rule(
        "permissions/recorded-undeclared",
        N_("A recorded web service without a network permission"),
        severity=Severity.MEDIUM,
        effect=Effect.HOLD,
        what=N_("An example has recorded answers of a web service; no network is declared."),
        why=N_(
            "With users the function talks to that service, also if only a library does, and the "
            "manifest does not tell them. A moderator looks at it before it goes live."
        ),
        fix=N_('Add "network:HOST" to permissions in tool.toml, with the service\'s host.'),
        bad='permissions = []\n# and an example with http = "examples/search.http.json"',
        good='permissions = ["network:api.example.org"]',
        language="toml",
    ),
    Rule(
        "observed/differs-elsewhere",
        N_("Does more at another time or place"),
        severity=Severity.HIGH,
        effect=Effect.HOLD,
        what=N_(
            "The examples run a second time 90 days later, under another host name and user name. "
            "The tool then reached for something that it left alone in the first run."
        ),
        why=N_(
            "Code that waits for a date or a victim does that. A moderator looks at it before it "
            "goes live."
        ),
        fix=N_(
            "Do the same whatever the date, the user and the machine, or say in the description "
            "what depends on them."
        ),
        bad="if date.today() > date(2027, 1, 1):\n    os.system(command)",
        language="python",
    ),
    Rule(
        "observed/differs-unwatched",
        N_("Ends otherwise when nobody watches"),
        severity=Severity.HIGH,
        effect=Effect.HOLD,
        what=N_(
            "An example ended one way while the sandbox recorded what the tool does, and another "
            "way in a new process without that."
        ),
        why=N_(
            "A tool that looks whether it is watched hides something; a tool that fails now and "
            "then has a mistake. A moderator looks at it before it goes live."
        ),
        fix=N_("Make the example end the same way each time."),
    ),
    Rule(
        "observed/secret-passed-on",
        N_("A planted secret came out"),
        severity=Severity.HIGH,
        effect=Effect.HOLD,
        what=N_(
            "The sandbox plants worthless secrets in environment variables and in the home folder."
            " One of them was in a result, in a written file or in bytes that were sent."
        ),
        why=N_(
            "With users these would be their own keys. Only a tool that declares a variable may "
            "pass its value on. A moderator looks at it before it goes live."
        ),
        fix=N_(
            "Return and send only what the function needs: never the whole environment or files "
            "of the home folder. Declare the variables that it needs."
        ),
        bad="return dict(os.environ)",
        good='return {"language": os.environ.get("LANG", "")}',
        language="python",
    ),
    Rule(
        "example/killed",
        N_("The examples' process was killed"),
        effect=Effect.HOLD,
        what=N_(
            "The process that runs the examples was killed in every attempt, and no limit "
            "explains it."
        ),
        why=N_(
            "The machine may be short of memory, or the tool ends the process that runs it. A "
            "moderator decides."
        ),
        fix=N_("If a function ends processes, remove that. Otherwise wait for the moderator."),
    ),
)
