"""Rules about secrets in the package."""

from lumos.package.findings import Severity
from security_scan.rules.model import Rule, by_id

ROTATE = "Revoke it now where it was issued: it has left your hands. Then take it from a setting."

RULES = by_id(
    [
        Rule(
            "secret/private-key", "A private key in the package", Severity.CRITICAL,
            "Whoever downloads the wheel has the key, and with it whatever the key opens.",
            ROTATE, "-----BEGIN PRIVATE KEY-----", blocking=True,
        ),
        Rule(
            "secret/lumos-token", "A token of this marketplace in the package", Severity.CRITICAL,
            "Whoever downloads the wheel can publish in your name.",
            "Revoke the token on your tokens page, then make the tool read it from a setting.",
            "lmt_ and 38 letters and digits", blocking=True,
        ),
        Rule(
            "secret/provider-key", "A key of a service in the package", Severity.CRITICAL,
            "The text has the fixed form of a service's key; whoever downloads the wheel can use "
            "the service at the owner's cost.",
            ROTATE, "AKIA and 16 capitals", blocking=True,
        ),
        Rule(
            "secret/credential-url", "A password in an address", Severity.HIGH,
            "Everybody who has the wheel can read the password and use it. A moderator looks at "
            "the release before it can go live.",
            ROTATE, "postgres://admin:a-real-password@db/orders", blocking=True,
        ),
        Rule(
            "secret/possible", "What may be a secret", Severity.MEDIUM,
            "A value that looks random stands beside a word such as password or token.",
            "If it is a secret, revoke it and read it from a setting; if it is an example, write "
            "one "
            "that cannot be taken for real.",
            'password = "a random-looking text"',
        ),
    ]
)  # fmt: skip
