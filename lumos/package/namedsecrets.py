"""Values beside a credential's name: ``password = "…"``, ``api_key: …``, ``--token …``.

Recognition works on plain text, so that it covers Python, JSON, TOML, YAML, ``.env`` files, README
code blocks, tracebacks and log lines alike, also where only a few lines of a file are at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lumos.package.secretvalues import (
    SHORTEST,
    has_shape,
    is_filled_in_later,
    is_placeholder,
    matches,
)

__all__ = [
    "Span",
    "called_values",
    "is_worth_masking",
    "named_values",
    "names_credential",
    "values_on_named_lines",
]

#: Start and end in a text.
Span = tuple[int, int]

# The names that announce a credential. A weak name also stands beside ordinary values.
_NAME = re.compile(
    r"(?P<strong>passw(?:or)?d|passphrase|passwd|paswo?r?d|(?<![a-z])pass(?![a-z])|pwd|secret"
    r"|token(?!i[sz])|contrase|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key"
    r"|signing[_-]?key|encryption[_-]?key|authorization|bearer)"
    r"|(?P<weak>(?<![a-z])key(?![a-z])|credential|(?<![a-z])auth(?![a-z])|(?<![a-z])pw(?![a-z])"
    r"|cookie|session)",
    re.IGNORECASE,
)
_STEMS = (
    "pass", "pasw", "pwd", "secret", "token", "contrase", "api", "access", "private", "account",
    "signing", "encryption", "authorization", "bearer", "key", "credential", "auth", "pw",
    "cookie", "session",
)  # fmt: skip
# What may stand between the name and its value: the rest of the name, what closes it, a type.
_AFTER = re.compile(
    r"[\w.\-]{0,40}(?:\\?[\"'`\])>*]){0,4}"
    r"(?:\s{0,4}:[^\"'`\n=:{}]{1,80}(?:[ \t](?==)|(?==[rbfuRBFU]{0,2}[\"'])))?"
    r"\s{0,4}(?:===?|!==?|:=|=>|=|:|,|\(|\bin\b)[ \t]{0,8}(?:\\?\r?\n[ \t]{0,80})?"
    r"(?P<open>[\[({\s]{0,8})"
)
_LITERAL = re.compile(
    r"[rRbBuUfFtT]{0,3}(?:\"\"\"(?P<a>(?:[^\\\"]|\\.|\"(?!\"\")){0,4000})\"\"\""
    r"|'''(?P<b>(?:[^\\']|\\.|'(?!'')){0,4000})'''"
    r"|\\\"(?P<f>[^\"\\\n]{0,4000})\\\""
    r"|\"(?P<c>(?:[^\"\\\n]|\\[^\n]){0,4000})\"|'(?P<d>(?:[^'\\\n]|\\[^\n]){0,4000})'"
    r"|`(?P<e>[^`\n]{0,400})`)",
    re.DOTALL,
)
_GLUE = re.compile(r"[ \t]{0,200}(?:[\\+][ \t]{0,8})?(?:\n[ \t]{0,200})?(?:[\\+][ \t]{0,8})?")
_COMMA = re.compile(r"\s{0,200},?\s{0,200}")
_BARE = re.compile(r"(?:(?:Bearer|Basic|Token)\s+)?(?P<value>[^\s\"'`,;(){}\[\]<>]{6,400})")
_OPTION = re.compile(r"[\w\-]{0,40}[ \t]{1,4}(?P<value>[^\s\"'`,;(){}\[\]<>]{6,400})")
_ASSIGNED = re.compile(r"[\w.\-]{0,40}(?::[ \t]|=)")
_SCHEME_WORD = re.compile(r"(?:Bearer|Basic|Token)\s+", re.IGNORECASE)


def named_values(text: str) -> Iterator[Span]:
    """The values that follow a credential's name and a sign of assignment."""
    for name in matches(_NAME, text, _STEMS):
        weak = name["weak"] is not None
        after = _AFTER.match(text, name.end())
        if after is not None:
            values = list(_literals(text, after.end(), listed=bool(after["open"].strip())))
            spans = values or list(_bare(text, name.end(), after))
        else:
            spans = list(_option(text, name))
        for start, end in spans:
            if is_worth_masking(text[start:end], weak=weak):
                yield start, end


# Calls that take a name and a password, and a pair that is given as ``auth=("name", "password")``.
_CALLED = re.compile(
    r"(?:log_?in|authenticate|add_password|set_credentials|basic_?auth|HTTP\w{0,8}Auth"
    r"|UsernamePasswordCredential)\s{0,4}\(|auth\s{0,4}=\s{0,4}\(",
    re.IGNORECASE,
)
_CALL_STEMS = (
    "login", "log_in", "authenticate", "add_password", "set_credentials", "basic", "http",
    "usernamepassword", "auth",
)  # fmt: skip
_CALL_LENGTH = 400


def called_values(text: str) -> Iterator[Span]:
    """The last literal after a comma in a call that signs in: ``login("bob", "…")``."""
    for call in matches(_CALLED, text, _CALL_STEMS):
        position, last, after_comma = call.end(), None, False
        while position < min(call.end() + _CALL_LENGTH, len(text)):
            literal = _LITERAL.match(text, position)
            if literal is not None:
                if after_comma:
                    last = literal.span(literal.lastgroup or 0)
                position, after_comma = literal.end(), False
                continue
            if text[position] in "()":
                break
            after_comma = text[position] == "," or (after_comma and text[position].isspace())
            position += 1
        if last is not None and is_worth_masking(text[slice(*last)]):
            yield last


def _literals(text: str, position: int, *, listed: bool) -> Iterator[Span]:
    """One literal, the ones glued to it, and inside brackets those after a comma too."""
    between = _COMMA if listed else _GLUE
    for _ in range(200):
        literal = _LITERAL.match(text, position)
        if literal is None:
            return
        start, end = literal.span(literal.lastgroup or 0)
        scheme = _SCHEME_WORD.match(text, start, end)
        yield (scheme.end() if scheme else start), end
        glue = between.match(text, literal.end())
        position = glue.end() if glue else literal.end()


def _bare(text: str, name_end: int, after: re.Match[str]) -> Iterator[Span]:
    """A value without quotes, as in ``.env``, YAML, INI files and headers."""
    if not _ASSIGNED.match(text, name_end) and ":" not in after[0] and "=" not in after[0]:
        return
    value = _BARE.match(text, after.end())
    if value is None or "\n" in after[0]:
        return
    follows = text[value.end() : value.end() + 1]
    dense = "=" in after[0] and not re.search(r"[ \t]=|=[ \t]", after[0])
    if follows in ("(", "[", "{") or (not dense and _is_code(value["value"])):
        return
    is_name = re.fullmatch(r"[a-z_][a-z_.]*|[a-z_]\w*\.[\w.]+", value["value"])
    if dense and is_name and text[name_end - 1].islower():
        return  # token=self.token: code, where an .env file has TOKEN=
    yield value.span("value")


def _option(text: str, name: re.Match[str]) -> Iterator[Span]:
    """``--password VALUE``, ``Bearer VALUE`` and netrc's ``password VALUE``."""
    value = _OPTION.match(text, name.end())
    if value is None or not has_shape(value["value"]):
        return
    is_option = re.search(r"--[\w\-]{0,30}$", text[max(name.start() - 32, 0) : name.start()])
    if is_option or name[0].lower() in ("bearer", "password"):
        yield value.span("value")


def _is_code(value: str) -> bool:
    """A name or an attribute, as it stands on the right of an assignment or as a type."""
    return bool(re.fullmatch(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*[:.]?", value)) and not (
        re.search(r"\d", value) or (value.islower() and value.isalpha() and len(value) >= 8)
    )


_CONTINUES = re.compile(r"[(\[{=:+\\,]\s*$")


def values_on_named_lines(text: str) -> Iterator[Span]:
    """Every literal on a line of code that names a credential, and on the lines it goes on in."""
    position, goes_on = 0, False
    for line in text.splitlines(keepends=True):
        name = _NAME.search(line)
        alone = _LITERAL.match(line.lstrip())
        if name or (goes_on and alone):
            weak = name is not None and name["weak"] is not None
            for literal in _LITERAL.finditer(line):
                start, end = literal.span(literal.lastgroup or 0)
                if is_worth_masking(line[start:end], weak=weak):
                    yield position + start, position + end
            goes_on = bool(_CONTINUES.search(line)) or (goes_on and alone is not None)
        else:
            goes_on = False
        position += len(line)


def names_credential(name: str) -> bool:
    """Whether a key, as of a JSON object, announces a credential beyond doubt."""
    match = _NAME.search(name)
    return match is not None and match["strong"] is not None


def is_worth_masking(value: str, *, weak: bool = False) -> bool:
    """Whether a value beside a credential's name may be one: no name, placeholder or address."""
    value = value.strip()
    if len(value) < SHORTEST or is_placeholder(value) or is_filled_in_later(value):
        return False
    if re.fullmatch(r"[A-Z][A-Z_]*[A-Z]|[a-z]+://[^\s@]+|(?:\.{0,2}/)[\w./-]*", value):
        return False  # a variable of the environment, an address, a path
    if _NAME.search(value) and re.fullmatch(r"[A-Za-z_.\- ]+", value):
        return False  # the name itself: "password", "X-Api-Key"
    return not weak or has_shape(value)
