"""All settings, read from environment variables. The defaults fit one machine without services.

This module writes nothing (``manage.py prepare`` creates folders and keys). All problems are raised
together at the end; each names the variable and the fix.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from config.environment import LOOPBACK, MAKE_SECRET, Environment

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Folders --------------------------------------------------------------------------------
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
PUBLIC_DIR = DATA_DIR / "public"  # the registry's files
PRIVATE_DIR = DATA_DIR / "private"  # uploads that are being checked
STORE = "files"  # a key of core.store.factory.STORES
SEARCH_DIR = DATA_DIR / "search"
DOWNLOAD_LOG_DIR = DATA_DIR / "log" / "downloads"
OFFICIAL_TOOLS_DIR = BASE_DIR / "official_tools"

HOST = env.host("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, most=65535)
PRODUCTION = env.switch("PRODUCTION", default=False)
DEBUG = env.switch("DEBUG", default=False)
SITE_NAME = env.text("SITE_NAME", "Lumos Marketplace")
SITE_URL = env.site("SITE_URL", f"http://127.0.0.1:{PORT}", "https://tools.example.org")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
SITE_IS_HTTPS = SITE_URL.startswith("https://")
if PRODUCTION and not SITE_IS_HTTPS and SITE_HOST not in LOOPBACK:
    env.add_problem(
        f"SITE_URL={SITE_URL} is not https, so passwords and sessions would be sent unencrypted. "
        f"Use SITE_URL=https://{SITE_HOST} and a proxy with TLS"
    )
# The number of trusted proxies, whose X-Forwarded-For entries are believed. The server itself has
# no TLS, so an https site has at least one.
NUM_PROXIES = env.number("NUM_PROXIES", 1 if SITE_IS_HTTPS else 0, least=0)

SECRET_KEY_FILE = DATA_DIR / "secret_key"  # for a marketplace on one machine
SECRET_KEY = env.secret(
    "SECRET_KEY",
    SECRET_KEY_FILE.read_text() if not PRODUCTION and SECRET_KEY_FILE.is_file() else "",
)
if PRODUCTION and not SECRET_KEY:
    env.add_problem(
        "SECRET_KEY is not set. It is required in production, because it signs the sessions on "
        f"every machine. {MAKE_SECRET}"
    )
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", [] if PRODUCTION else ["*"])
if PRODUCTION and not ALLOWED_HOSTS:
    env.add_problem(
        "ALLOWED_HOSTS is not set. It is required in production and lists the site's host names, "
        "for example ALLOWED_HOSTS=tools.example.org"
    )

# --- Policies of the operator -----------------------------------------------------------------
QUALITY_GATE = env.one_of("QUALITY_GATE", ("report", "enforce"), "report")
UNTESTED = env.one_of("UNTESTED", ("publish", "hold"), "hold" if PRODUCTION else "publish")
REQUIRE_OFFICIAL_TOOLS = env.switch("REQUIRE_OFFICIAL_TOOLS", default=True)  # for /readyz
# Requests for other packages are redirected there.
UPSTREAM_INDEX = env.address("UPSTREAM_INDEX", example="https://index.example.org/simple")
# The index from which the sandbox installs dependencies.
PYTHON_INDEX = env.address("PYTHON_INDEX", example="https://index.example.org/simple")
SANDBOX_PYTHONS = env.programs("SANDBOX_PYTHONS")  # default: all that are found
WORKER_THREADS = env.number("WORKER_THREADS", 2)
# Most threads wait for slow clients (core.slow_clients); behind nginx, fewer are enough.
WEB_THREADS = env.number("WEB_THREADS", 8 if NUM_PROXIES else 64)

# --- Django -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "csp",
    "config",
    "core",
    "web",
    "accounts",
    "catalog",
    "reviews",
    "search",
    "analytics",
    "registry",
    "publishing",
    "marketplace",
]
MIDDLEWARE = [
    "web.middleware.request_id",
    "django.middleware.http.ConditionalGetMiddleware",
    "web.caching.compression",
    "web.caching.cache_control",  # outside of what sets a cookie or a nonce
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.middleware.security_headers",
    "web.middleware.busy_uploads",
    "web.request_guard.reject_malformed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "marketplace.context.site",
            ],
        },
    }
]
LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = env.switch("STATIC_FROM_SOURCE", default=False)
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"
SILENCED_SYSTEM_CHECKS = ["files.E001"]  # that folder is made by manage.py prepare
FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # uploads stream to disk
WHEEL_MAX_BYTES = 50 * 1024 * 1024

# --- Database: PostgreSQL if DATABASE_URL is set, otherwise SQLite in DATA_DIR -----------------
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "db.sqlite3")}
database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL: readers are not blocked by a writer. IMMEDIATE: a transaction takes the write lock at its
    # start, so that a concurrent one waits instead of failing later.
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000;",
    }
else:
    database["CONN_HEALTH_CHECKS"] = True
    # Short, so that a page reports an unavailable database instead of waiting for it.
    database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# Opening a connection takes longer than most queries, also in SQLite, which reads the schema.
database["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", 60, least=0)

# --- Redis and Celery: without REDIS_URL, the worker polls the database -------------------------
REDIS_URL = env.redis("REDIS_URL")
BROKER = bool(REDIS_URL)
CACHES = {
    "default": {"BACKEND": "core.cache.RedisCacheWithFallback", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Large, because rate limits are counted here and must not be evicted.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 30)
JOB_SECONDS = env.number("JOB_SECONDS", 1800)  # a job that takes longer is considered hanging
JOB_MAX_ATTEMPTS = 5

# --- Accounts (allauth) -------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES  # else all users share one sign-in limit
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
vars().update(env.mail("EMAIL_URL"))
SECURITY_CONTACT = env.contact("SECURITY_CONTACT")
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Lumos Marketplace <no-reply@localhost>")

# --- Moderation ---------------------------------------------------------------------------------
MODERATION_HOURS = env.number("MODERATION_HOURS", 24, most=8760)  # the stated time to decide

# --- Limits -------------------------------------------------------------------------------------
# Uploads of an account that are in progress or stored; published releases do not count.
UPLOADS_IN_FLIGHT = env.number("UPLOADS_IN_FLIGHT", 50 if PRODUCTION else 1000)
UPLOAD_BYTES_KEPT = env.number("UPLOAD_MEGABYTES_KEPT", 2_000 if PRODUCTION else 20_000) * 1_000_000
RATES = {
    "anon": env.rate("RATE_ANON", "600/min" if PRODUCTION else "60000/min"),
    "user": env.rate("RATE_USER", "1200/min" if PRODUCTION else "60000/min"),
    "publish": env.rate("RATE_PUBLISH", "120/min" if PRODUCTION else "1200/min"),
    "report": env.rate("RATE_REPORT", "10/hour" if PRODUCTION else "60/hour"),
}

# --- The API ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["web.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["web.rendering.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "web.openapi.Schema",
    "URL_FORMAT_OVERRIDE": None,  # only the Accept header chooses the format
    "DEFAULT_THROTTLE_CLASSES": ["web.throttling.AnonThrottle", "web.throttling.UserThrottle"],
    "NUM_PROXIES": NUM_PROXIES,
    "EXCEPTION_HANDLER": "web.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lumos Marketplace API",
    "DESCRIPTION": "Find, judge, publish and install tools for AI agents.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {"id": int},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "web.openapi.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "PublicationState": "publishing.states.State.values",
        "ToolStatus": "catalog.shapes.STATUSES",
    },
}

# Pages below these paths are personal and are never cached.
NEVER_KEPT = (
    "/account/", "/accounts/", "/admin/", "/publish/", "/publications/", "/desk/", "/api/v1/whoami",
    "/api/v1/namespaces", "/api/v1/organizations", "/api/v1/publications",
)  # fmt: skip

# --- Browser security -----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "marketplace.views.errors.csrf_failure"
if NUM_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if SITE_IS_HTTPS:
    # Cookies with this prefix cannot be set by other hosts of the domain.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 63072000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.logs.MaskedLines",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"faults": {"()": "core.logs.NoTracebackForClientErrors"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["faults"]}
    },
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", LEVELS, "WARNING")},
    "loggers": {"lumos": {"level": env.one_of("LOG_LEVEL", LEVELS, "INFO")}},
}

env.check()
