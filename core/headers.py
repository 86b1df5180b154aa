"""Headers of security.md for answers that Django does not see; Django's own stand in settings."""

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=()"
#: For an answer that nobody shows as a page.
OUTSIDE_DJANGO = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
]
