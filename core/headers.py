"""Security headers for responses that do not pass through Django's middleware."""

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=()"
#: For responses that are never shown as a page.
OUTSIDE_DJANGO = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
]
