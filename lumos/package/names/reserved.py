"""Words that nobody may take: one list for tool names and namespaces alike."""

from __future__ import annotations

__all__ = ["OFFICIAL_NAMESPACE", "POPULAR_PREFIXES", "RESERVED_WORDS"]

OFFICIAL_NAMESPACE = "lumos"

_PARTS_OF_LUMOS = "cli client marketplace package registry runtime sdk server"

_ROUTES = """
    about account accounts admin api assets billing blob blobs blog cart catalog categories
    category checkout collection collections config cookies dashboard docs documentation
    download downloads error errors explore favicon feed feeds file files findings health
    healthz help home index login logout mcp me moderation namespace namespaces new oauth
    openapi org organization organizations organization organizations password payments policies
    pricing privacy publication publications publish publisher publishers readyz releases reset
    review reviews robots rules search security session sessions settings signin signout signup
    simple sitemap sso static status subscriptions support swagger terms token tokens tool tools
    user users verify version versions webhook webhooks wellknown
"""

_COMMANDS = """
    add audit build check completion deprecate env info init install list lock outdated
    quarantine remove run serve show sync test tree uninstall unyank update upgrade whoami yank
"""

_NOBODY = "all any anonymous false nil none null official root self system true undefined unknown"

RESERVED_WORDS: frozenset[str] = frozenset(
    " ".join((_PARTS_OF_LUMOS, _ROUTES, _COMMANDS, _NOBODY)).split()
)

# Families of distributions that a namespace must not look like, beside the counted ones.
_FAMILIES = """
    airflow alibaba amazon anthropic ansible apache aws azure boto celery cloudflare conda
    databricks debian django docker dropbox elastic facebook fastapi firebase flask gcloud
    gemini git github gitlab google grafana hashicorp huggingface ibm jupyter keras kubernetes
    langchain linux meta microsoft mistral mongodb mozilla mypy numpy nvidia openai
    opentelemetry oracle pandas paypal pip postgres pydantic pypa pypi pytest python pytorch
    redis salesforce scikit scipy sentry slack snowflake sphinx stripe tensorflow terraform
    torch twilio types ubuntu
"""

POPULAR_PREFIXES: frozenset[str] = frozenset(_FAMILIES.split())
