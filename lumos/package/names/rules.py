"""The rules of a tool's name."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "name/invalid",
        N_("Not a name of a tool"),
        what=N_(
            "The distribution is not namespace-name in small letters, digits and single "
            "hyphens, or its name is reserved."
        ),
        why=N_("A tool's name must lead to this tool and to nothing else."),
        fix=N_("Choose another name; the distribution is called NAMESPACE-NAME."),
        bad='name = "Acme_WebSearch"',
        good='name = "acme-web-search"',
        language="toml",
    ),
    Rule(
        "name/popular",
        N_("The name of a well-known package"),
        what=N_("The distribution or the import package is called like a popular Python package."),
        why=N_("Whoever asks any index for that name means the other one."),
        fix=N_("Choose another name, or another namespace."),
    ),
    Rule(
        "name/reserved-namespace",
        N_("A reserved namespace"),
        severity=Severity.LOW,
        effect=Effect.LOWER,
        what=N_(
            "The namespace is a word of the marketplace, or the beginning of well-known packages."
        ),
        why=N_("Only an operator can grant it, so that nobody passes for somebody else."),
        fix=N_("Use a namespace of your own."),
    ),
)
