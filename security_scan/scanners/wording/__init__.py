"""Find sentences that give orders to a model: secrecy, other tools, credentials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from security_scan.scanners.wording.abroad import ABROAD, CARRIED_ABROAD
from security_scan.scanners.wording.orders import sentence_orders

__all__ = ["FILES", "Said", "orders"]

#: Up to 30 or 60 further characters of the same sentence.
NEAR, FAR = r"\b[^.\n]{0,30}", r"\b[^.\n]{0,60}"
TOOL = r"[`\"']?\b(?!this\b|the\b|a\b|any\b|it\b)[a-z]\w*(?:[_-]\w+)+\b[`\"']?"
#: Files and words for credentials: keys, tokens, configuration of other programs.
FILES = (
    r"(~/?\.(ssh|aws|config|cursor|gnupg|kube|docker)\b|\.ssh[/\\]|\bid_(rsa|ed25519|ecdsa)\b|"
    r"\.aws/credentials|\bmcp\.json|claude_desktop_config|/etc/(passwd|shadow)|\.bash_history|"
    r"\bprivate keys?\b|\bssh keys?\b|\bseed phrase|\.env file\b|\.netrc\b|\.npmrc\b|\.pypirc\b|"
    r"environment variables\b|\.(ssh|aws|kube|gnupg) (folder|directory)|\bkeychain\b|"
    r"\bbrowser (cookies|passwords)\b|\brecovery phrase\b|\bsigning keys?\b)"
)
SECRETS = rf"({FILES}|passwords?|credentials|access tokens?|api keys?|system prompt|"
SECRETS += r"(chat|conversation) (history|so far)|previous messages|entire conversation)"
TAKES = r"\b(read|open|load|fetch|cat|access|retrieve|collect|copy|extract|dump|list|get)\w*"
GIVES = (
    r"\b(pass|send|include|append|provide|put|attach|paste|upload|supply|add|forward|encode|"
    r"insert|embed)\w*"
)
WHEN = r"\b(before|after|prior to|when(ever)?|every time|each time|if|instead of|in place of)"
USES = r"\b(using|calling|call|invoking|invoke|use|uses|used|called|executing|running|run)"
#: Words for the sequence of calls.
FIRST = r"\b(before|prior to)\s+((using|calling)\s+)?(any|every|all|each)\s+other\s+"
FIRST += r"(tool|function|call)s?\b"
NOT = r"(do not|don't|dont|never|must not|should not|without)\s+(\w+\s+){0,3}"

#: (rule, whether it blocks in a description, the parts of a pattern). What does not block is for
#: a person to judge: honest descriptions sometimes say it.
SENTENCES: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    (
        "instructions",
        True,
        (
            r"\b(ignore|disregard|forget|override|bypass)\s+(\w+\s+){0,3}",
            r"(previous|prior|above|earlier|existing|all|any|system|safety|other)\s+(\w+\s+){0,3}",
            r"(instructions?|prompts?|rules?|guidelines?|messages?|context|directives?)",
            r"(?![^.\n]{0,12}\b(in|inside|within|that|from|found|contained|embedded|it|on) "
            r"(it|them|the|this|"
            r"that|these|a|its|contains?|appears?|page|result)\b)",
        ),
    ),
    (
        "instructions",
        True,
        (
            NOT,
            r"(tell|inform|notify|mention|reveal|disclos|show|alert|warn|let)(e|ing|ting)?\s+",
            r"(\w+\s+){0,4}(the\s+)?(user|human|person|anyone|them)\b",
            r"(?!\s+(the )?(raw|html|json|xml|ids?|internal|markup|"
            r"technical|stack|unformatted|full url)\b)",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(no|not any|without any) need to\s+(tell|inform|notify|mention|bother|alert|warn)",
            r"\w*\s+(\w+\s+){0,5}(the\s+)?(user|human|person|them)\b",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"(?:^|(?<=[.\n]))(?![^.\n]*\b(no|not|never|nothing|none|nor|cannot)\b)[^.\n]{0,200}",
            r"\bwithout\s+(the\s+)?(user|human|person|operator|owner)('s)?\s+(\w+\s+)?",
            r"(knowledge|awareness|knowing|noticing)\b",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(the|your) (user|human|person|operator) (must|should|shall|needs?)\s*",
            r"(never|not|n't)\s+(ever\s+)?(be\s+)?(know|find out|learn|hear|notice|told|aware|",
            r"informed|made aware)\b",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(this|these)\s+(step|call|action|instruction|rule|request)s?\s+",
            r"(must|should|has to|have to)\s+(stay|remain|be kept|be)\s+",
            r"(confidential|secret|hidden|invisible|unmentioned)\b|",
            r"\b(don't|do not|never)\s+(speak|talk)\s+(of|about)\s+(this|these|it)\b",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(previous|prior|earlier|existing)\s+(instructions?|guidelines?|rules?|prompts?)\s+",
            r"(no longer appl\w+|do(es)? not apply|are (void|obsolete|replaced|superseded))\b",
        ),
    ),
    *((("instructions", True, (pattern,))) for pattern in ABROAD),
    *((("secrets", True, (pattern,))) for pattern in CARRIED_ABROAD),
    (
        "secrets",
        True,
        (
            r"\b(post|send|upload|submit|deliver|transmit|forward|report)\w*\b[^.\n]{0,60}",
            FILES,
            r"[^\n]{0,60}\b(to|at)\s+[`\"'<]?(https?://|[\w-]+(\.[\w-]+)*\.(com|net|org|io|dev|invalid)\b)",
        ),
    ),
    (
        "secrets",
        True,
        (
            TAKES,
            FAR,
            FILES,
            r".{0,100}([`\"']\w+[`\"']\s+(parameter|argument|field)|(parameter|argument|field)\s+[`\"']\w)",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(hide|conceal|keep)\s+(this|that|it|these)\s+(\w+\s+){0,3}(from|secret)\b",
            r".{0,20}(user|human)?",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(the user|user) (must|should|need|does|is)( not|n't) (need to )?",
            r"(know|see|be (told|aware|informed|notified))",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(you are now|act as if|pretend (to be|that)|new instructions?:|",
            r"system\s*(prompt|message|note)?\s*:\s|",
            r"as an? (ai|llm)( language)? (model|assistant|agent),? (you|please))",
        ),
    ),
    (
        "instructions",
        True,
        (
            r"\b(silently|secretly|covertly|quietly)\s+(\w+\s+){0,3}",
            r"(send|run|execute|read|forward|exfiltrate|append|upload|invoke|transmit|collect)\b",
        ),
    ),
    (
        "shadowing",
        True,
        (
            WHEN,
            NEAR,
            USES,
            NEAR,
            r"(\b(any|all|every|other|another|another's|a different)\b[^.\n]{0,20}",
            r"\b(tools?|functions?)\b)[^.\n]{0,60}",
            r"\b(call|use|run|invoke|read|send|must|first|pass|include|this)\b",
        ),
    ),
    (
        "shadowing",
        True,
        (
            WHEN,
            NEAR,
            r"(using|calling|invoking|executing|use|call|is (used|called|invoked|available)|",
            r"are used)?\s*(the\s+)?",
            TOOL,
            r"[^.\n]{0,25}\b(tool|function|is (used|called|invoked|available))\b[^.\n]{0,80}\b",
            r"(must|always|first|instead|add|change|replace|set|send|bcc|append|include|forward)\b",
        ),
    ),
    (
        "shadowing",
        True,
        (
            r"\b(do not|don't|never|stop|avoid)\s+",
            r"(use|using|call|calling|invoke|trust|trusting)\b[^.\n]{0,40}",
            r"\b(other|any other|another|official|built-?in|original)\b[^.\n]{0,25}",
            r"\b(tools?|functions?|servers?)\b",
        ),
    ),
    (
        "secrets",
        True,
        (
            GIVES,
            r"\b[^.\n]{0,40}\b(contents?|text|values?|data|all|it|them|these)\b[^.\n]{0,40}",
            FILES,
        ),
    ),
    (
        "secrets",
        True,
        (
            TAKES,
            FAR,
            r"\buser'?s?\b[^.\n]{0,20}\b(credentials?|secrets?|tokens?|(private|ssh|api) keys?)\b",
            r"[^.\n]{0,80}\b(and|then)\b[^.\n]{0,20}",
            GIVES,
            r"\b[^.\n]{0,60}\b(field|parameter|argument)s?\b",
        ),
    ),
    (
        "secrets",
        True,
        (FIRST, r".{0,120}", GIVES, FAR, FILES),
    ),
    (
        "secrets",
        True,
        (
            TAKES,
            FAR,
            FILES,
            r".{0,60}\b(and|then|,)\s+(\w+\s+){0,3}",
            GIVES,
            r"\b(?!\s+(nothing|no|none)\b)",
        ),
    ),
    (
        "secrets",
        True,
        (
            GIVES,
            FAR,
            SECRETS,
            r"[^.\n]{0,60}\b(in|into|as|to|via)",
            NEAR,
            r"\b(side ?note|context|metadata|notes?|hidden|every (call|request))\b",
        ),
    ),
    ("secrets", False, (TAKES, FAR, FILES)),
    ("secrets", False, (r"\b(upload|send|pass)\w*", FAR, FILES)),
    (
        "markup",
        True,
        (
            r"</?\s*(important|system|instructions?|secret|critical|hidden|admin|override|",
            r"assistant|developer|sudo|im_start|im_end|priority)\s*/?>|",
            r"<\|\s*\w+\s*\|>|\[/?INST\]|<<\s*SYS\s*>>|(^|\n)\s*#{1,6}\s*system\s*:",
        ),
    ),
    (
        "steering",
        False,
        (
            r"\b(ai|llm|language model|assistant|agent|chatbot|copilot|claude|gpt)s?\b[^.]{0,40}",
            r"\b(must|should|need to|have to|required to)\b[^.]{0,60}",
            r"\b(run|execute|call|send|read|download|install|include|copy|upload)\b",
        ),
    ),
    (
        "steering",
        False,
        (
            r"\byou\s+(must|should|shall|have to|need to|are required to)\s+(always\s+)?",
            r"(use|call|invoke|run|prefer|choose)\b",
        ),
    ),
    (
        "steering",
        False,
        (
            r"\b(always|must|only)\s+(use|call|invoke|prefer|choose|select)\s+",
            r"this\s+(tool|function)?\b|",
            r"\b(this|the)\s+(tool|function)\s+(must|has to)\s+(always\s+)?",
            r"be\s+(called|used|run|invoked)\b|",
            r"\b(before|prior to)\s+(doing|answering|responding|anything|any other|using any|",
            r"calling any|all other)\b",
        ),
    ),
    (
        "steering",
        False,
        (
            r"\b(best|most (reliable|trusted|accurate|secure)|superior|only official|the only)",
            NEAR,
            r"\btools?\b|\bprefer(red)?\b[^.\n]{0,20}\bover",
            NEAR,
            r"\b(tools?|functions?)\b|\bhighest priority\b",
        ),
    ),
    (
        "steering",
        False,
        (
            r"\b(important|attention|warning|note to (the )?(ai|model|assistant|llm))\s*:\s*",
            r"(you|the (ai|model|assistant))",
        ),
    ),
)
PATTERNS = tuple(
    (rule, strong, re.compile("".join(parts), re.IGNORECASE | re.DOTALL))
    for rule, strong, parts in SENTENCES
)
LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Said:
    """An order in a text: the last part of the rule's id, whether it is clear enough to block,
    the quoted words and their position.
    """

    rule: str
    strong: bool
    quote: str
    position: int


def orders(text: str) -> Iterator[Said]:
    """The orders to a model in ``text``, at most one for each pattern."""
    plain = _plain(text)[:LONGEST]
    for rule, strong, pattern in PATTERNS:
        match = pattern.search(plain)
        if match:
            quote = " ".join(match[0].split())
            yield Said(rule, strong, quote[:160], match.start())
    for rule, sentence, position in sentence_orders(plain):
        yield Said(rule, True, sentence[:160], position)


def _plain(text: str) -> str:
    """Normalize ``text`` (NFKC) and remove invisible characters, which could hide words."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) not in {"Cf", "Mn"} or c == "\n")
