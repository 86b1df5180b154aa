"""Rules about secrets in the package."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "secret/private-key",
        N_("A private key in the package"),
        severity=Severity.CRITICAL,
        why=N_("Whoever downloads the wheel has the key, and with it whatever the key opens."),
        fix=N_(
            "Revoke it now where it was issued: it has left your hands. Then take it from a "
            "setting."
        ),
        bad="-----BEGIN PRIVATE KEY-----",
        weaker=(Severity.MEDIUM,),
    ),
    Rule(
        "secret/lumos-token",
        N_("A token of this marketplace in the package"),
        severity=Severity.CRITICAL,
        why=N_("Whoever downloads the wheel can publish in your name."),
        fix=N_("Revoke the token on your tokens page, then make the tool read it from a setting."),
        bad="lmt_ and 38 letters and digits",
    ),
    Rule(
        "secret/provider-key",
        N_("A key of a service in the package"),
        severity=Severity.CRITICAL,
        why=N_(
            "The text has the fixed form of a service's key; whoever downloads the wheel can "
            "use the service at the owner's cost."
        ),
        fix=N_(
            "Revoke it now where it was issued: it has left your hands. Then take it from a "
            "setting."
        ),
        bad="AKIA and 16 capitals",
        weaker=(Severity.MEDIUM,),
    ),
    Rule(
        "secret/credential-url",
        N_("A password in an address"),
        effect=Effect.HOLD,
        why=N_(
            "Everybody who has the wheel can read the password and use it. A moderator looks at"
            " the release before it can go live."
        ),
        fix=N_(
            "Revoke it now where it was issued: it has left your hands. Then take it from a "
            "setting."
        ),
        bad="postgres://admin:a-real-password@db/orders",
    ),
    Rule(
        "secret/published-default",
        N_("A secret in a function's schema"),
        effect=Effect.HOLD,
        why=N_(
            "The default values and examples of parameters are published with the function, in the "
            "index and to every agent. A moderator looks at the release before it can go live."
        ),
        fix=N_(
            "If it is a secret, revoke it now. Give the parameter no default, or take the value "
            "from a setting."
        ),
        bad='def send(text: str, password: str = "a-real-passw0rd") -> str: ...',
        good="def send(text: str) -> str: ...  # reads the setting MAIL_PASSWORD",
        language="python",
    ),
    Rule(
        "secret/possible",
        N_("What may be a secret"),
        severity=Severity.MEDIUM,
        effect=Effect.LOWER,
        why=N_(
            "A value that looks like a secret stands beside a word such as password or token, or "
            "in a call that signs in."
        ),
        fix=N_(
            "If it is a secret, revoke it and read it from a setting; if it is an example, "
            "write one that cannot be taken for real."
        ),
        bad='password = "a random-looking text"',
    ),
)
