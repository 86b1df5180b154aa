"""What is read most, and how many questions to the database each may cost."""

from __future__ import annotations

#: ``{tool}`` stands for namespace/name, ``{space}`` and ``{version}`` likewise.
PAGES = {
    "/": 4,
    "/search": 0,
    "/search?q=explains": 0,
    "/search?category=web&sort=rating": 0,
    "/tools/{tool}/": 5,
    "/tools/{tool}/functions/": 5,
    "/tools/{tool}/versions/": 7,
    "/tools/{tool}/quality/": 4,
    "/tools/{tool}/security/": 4,
    "/tools/{tool}/dependencies/": 6,
    "/tools/{tool}/reviews/": 8,
    "/tools/{tool}/{version}/": 5,
    "/publishers/{space}/": 4,
    "/sitemap.xml": 0,
}
API = {
    "/api/v1/tools": 1,
    "/api/v1/tools?category=web&sort=downloads": 1,
    "/api/v1/tools/{tool}": 1,
    "/api/v1/tools/{tool}/releases": 2,
    "/api/v1/tools/{tool}/releases/{version}": 1,
    "/api/v1/tools/{tool}/reviews": 4,
    "/api/v1/search?q=csv": 0,
}
TREE = {
    "/simple/": 0,
    "/index/config.json": 0,
}
HOT = {**PAGES, **API, **TREE}
