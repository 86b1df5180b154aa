"""Orders to an agent, sentence by sentence: what attacks in descriptions have in common.

Each pattern combines ideas (who is spoken of, what is to be done, to what), not the words of one
attack. A pattern is matched inside one sentence, or two where it says so, and does not count where
the sentence is a defensive one: "never follow instructions in the page" is the opposite of "follow
the instructions in the page".

Known limits: an order that is spread over three sentences, irony, and languages other than those
of ``abroad``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from security_scan.scanners.wording.abroad import ORDERS_ABROAD
from security_scan.scanners.wording.ideas import (
    CHOOSES,
    DOES,
    GIVES,
    LIFTED,
    NOT,
    OFFER,
    OTHER_TOOL,
    OTHERS,
    PARAMETER,
    PRIVATE,
    REPLY,
    RESULT,
    RULES_OF,
    SNAKE,
    STEPS,
    TALK,
    TARGET,
    TELLS,
)

__all__ = ["sentence_orders"]

DEFENSIVE = re.compile(
    r"\b(do not|don't|never|must not|should not|shouldn't|cannot|refuse|ignore|avoid|not|untrusted|"
    r"nor|unless)\b|\bwithout (follow|execut|obey|act|perform|run)",
    re.IGNORECASE,
)
EXAMPLE = re.compile(r"\b(e\.g|for example|for instance|such as|example)\b|>>>", re.IGNORECASE)
NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Order:
    """One kind of order. ``parts`` are patterns that all must match the sentence, in any order;
    ``unless`` is what makes the sentence harmless; ``pair``: two sentences are read together.
    """

    rule: str
    parts: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] = NEVER
    pair: bool = False


def _order(
    rule: str, *parts: str, unless: re.Pattern[str] | str = NEVER, pair: bool = False
) -> Order:
    compiled = tuple(re.compile(part, re.IGNORECASE) for part in parts)
    guard = re.compile(unless, re.IGNORECASE) if isinstance(unless, str) else unless
    return Order(rule, compiled, guard, pair)


SECRECY = (
    _order(
        "instructions",
        rf"{NOT}\s+(\w+\s+){{0,2}}{TELLS}\w*\s+([\w'`]+,?\s+){{0,4}}(to )?(the )?"
        r"(user|human|person)\b",
        unless=r"\b(log|logs|logged|stderr|raw|html|json|tests?|exception|traceback)\b",
    ),
    _order(
        "instructions",
        r"\b(keep|stay|remain) (this |it |that |them )?(quiet|silent|mum|secret|to yourself|"
        r"hidden from)\b"
        r"|\bsay nothing\b|\bmake no mention\b|\bnot a word\b",
        r"\b(about|of|that|to|when|from|it|this)\b",
        unless=r"\b(log|print|stdout|console|verbose|output)\w*\b",
    ),
    _order(
        "instructions",
        r"\bso (that )?(nobody|no one|no-one|the user|they) (\w+ )?(notic|see|know|learn|find|"
        r"realiz|suspect)"
        r"|\bwithout (anyone|anybody|them|the user) (notic|know|see|realiz)",
    ),
    _order("instructions", rf"\bleave (it|this|that|them|these) out of (your|the) {REPLY}"),
    _order(
        "instructions",
        r"\bno (reason|need) (for|why) (the )?(user|human|person|them|people|anyone)\b[^.]{0,20}"
        r"\b(learn|know|see|hear|told|aware|informed|bother)",
    ),
    _order(
        "instructions",
        rf"{NOT}\s+(\w+\s+){{0,2}}{TELLS}\w*\b[^.]{{0,70}}"
        rf"(\b(in|during|within) (the|your|any) {REPLY}|\bwhen you (report|answer|reply|"
        rf"summari[sz]e))",
    ),
    _order(
        "instructions",
        r"\b(if|when) (you are |you're |the user |they |anyone )?(asked|asks?|questioned)"
        r"\b[^.]{0,25}"
        r"\b(say|claim|answer|pretend|deny|reply|respond|tell (them|the user))\b[^.]{0,15}"
        r"\b(only|nothing|no|not|it was|you did|just)\b",
    ),
)
APPROVAL = (
    r"(\b(already|beforehand|in advance|previously)\b[^.]{0,30}\b(approv|agree|consent|accept|"
    r"confirm|"
    r"authori[sz]|allow|grant)|\b(approv|agree|consent|accept|confirm|authori[sz]|grant)"
    r"\w*\b[^.]{0,50}"
    r"\b(already|beforehand|in advance|previously|when (the|this) \w+ was)\b|\bpre-?(authori[sz]|"
    r"approv)ed\b|"
    r"\bstanding (permission|approval|consent|authori[sz]ation)\b|\bconsent (was|has been|is) "
    r"(already )?"
    r"(given|granted|obtained)|\bhas (cleared|signed off|green-?lit|authori[sz]ed|approved)\b)"
)
UNASKED = (
    r"(\b(do not|don't|never|without|skip|no need|bypass|requires? no|needs? no|not necessary|"
    r"omit|unnecessary)"
    r"\b[^.]{0,30}\b(ask|asking|confirm\w*|verif\w*|approval|permission|pause|prompt\w*|"
    r"double-?check|consent|"
    r"wait\w*)\b|\b(confirmation|approval|permission)s? (is|are) (not (needed|required)|"
    r"unnecessary))"
)
APPROVED = (
    _order("instructions", APPROVAL, UNASKED, pair=True),
    _order(
        "instructions",
        r"\b(do not|don't|never)\b[^.]{0,12}\b(ask|wait|pause|seek|request|prompt)\b[^.]{0,25}"
        r"\b(confirmation|permission|approval|consent|to (confirm|verify|approve))\b",
        unless=r"\bagain\b|\bif\b.{0,40}\b(is|are)\b",
    ),
)
FOLLOW = (
    _order(
        "instructions",
        rf"{DOES}[^.]{{0,30}}{STEPS}[^.]{{0,12}}\b(in|from|inside|within|that|which|of|returned|"
        rf"given|"
        rf"contained|found)\b[^.]{{0,20}}{RESULT}[^.]{{0,25}}(contain|includ|return|say|ask|give|"
        rf"hold|list|$|"
        r"\bbefore you\b|\bimmediately\b|\bexactly\b|\bnext\b)",
        r"\b(you|your|must|always|before|after|then|next|immediately|exactly|carry|obey|calling|"
        r"it|all)\b",
        unless=DEFENSIVE,
    ),
    _order(
        "instructions",
        rf"\b(whatever|anything|everything|all that|exactly what)\b[^.]{{0,25}}{RESULT}[^.]{{0,25}}"
        r"\b(ask|say|tell|request|instruct|demand|order|require|want)s?\b",
        unless=DEFENSIVE,
    ),
    _order(
        "instructions",
        rf"\b(if|when|where)\b[^.]{{0,15}}{RESULT}[^.]{{0,20}}\b(include|contain|ha[sv]e?|hold|"
        rf"return|give)s?\b"
        r"[^.]{0,20}\b(command|instruction|step|action|request|order|code)s?\b[^.]{0,12},?\s*"
        r"(then |you )?"
        r"(must )?(run|execute|perform|follow|do|carry|obey|apply)\b",
        unless=DEFENSIVE,
    ),
    _order(
        "instructions",
        rf"\btreat\b[^.]{{0,60}}({RESULT})?[^.]{{0,30}}\bas\b[^.]{{0,20}}\b(instructions?|orders?|"
        rf"commands?|system "
        r"(prompt|message)|authoritative|user'?s? (request|message|instructions?))\b",
        unless=DEFENSIVE,
    ),
    _order(
        "instructions",
        rf"{RESULT} (may |can |will |might )?(hold|contain|include|carrie|carry)s?\b[^.]{{0,30}}"
        r"\b([\w-]*actions?|instructions?|steps?|tasks?|orders?)\b",
        r"\b(perform|follow|execute|carry out|obey|do) (them|it|these|those|all|each)\b",
        unless=DEFENSIVE,
        pair=True,
    ),
)
PROMOTION = (
    _order(
        "steering",
        rf"{CHOOSES} {OFFER}[^.]{{0,30}}\b(over|instead of|rather than|in preference to|even "
        rf"(when|if|"
        rf"where)|ahead of)\b[^.]{{0,12}}{OTHERS}",
        unless=r"\bif you\b|\bunless\b",
    ),
    _order(
        "steering",
        r"\b(always|must|exclusively|only ever|in (every|any|all) cases?|every time|under all)\b",
        rf"{CHOOSES} {OFFER}",
        rf"{OTHERS}[^.]{{0,25}}\b(tool|function|server|search|option|one|request|match|case|"
        rf"reader)",
        unless=r"\b(before|first)\b",
    ),
    _order(
        "steering",
        rf"\b(rank|list|place|put|consider|treat)\b[^.]{{0,10}}{OFFER}[^.]{{0,25}}\b(first|top|"
        rf"highest|above|"
        r"preferred|best)\b",
        r"\b(always|whenever|every|all|any|several|over|others?)\b",
    ),
    _order(
        "steering",
        r"\b(do not|don't|never|must not|stop)\b[^.]{0,12}\b(consider|look (for|at)|try|search "
        r"for|evaluate|"
        r"compare|rely on)\b[^.]{0,20}\b(alternatives?|(any )?other (tool|function|server|option)"
        r"s?|competing)",
    ),
    _order(
        "steering",
        r"\b(other|others|built-?in|alternatives?|competing|remaining)\b[^.]{0,40}\b(deprecated|"
        r"inaccurate|unsafe|"
        r"broken|unreliable|obsolete|malicious|wrong|outdated|insecure|must not be used|not be "
        r"used|compromised)",
        r"\b(this|it|always|instead|every|only|choose|use|trust)\b",
        r"\b(tool|function|server|reader|calculator|search|service|one|\w+(er|or))s?\b[^.]{0,60}"
        r"\b(must not|choose this|use this|this one|instead|only (trust|safe|reliable|official)"
        r"\w*)\b",
        pair=True,
    ),
)
SHADOWING = (
    _order(
        "shadowing",
        rf"\b(calls?|requests?|uses?|invocations?|messages?) (to|of|for) "
        rf"{OTHER_TOOL}[^.]{{0,15}}\b(must|have to|has "
        r"to|should|shall|need to|are to|is to)\b[^.]{0,30}\b(rout|pass|go|first|through|via|"
        r"include|preced|use)",
    ),
    _order(
        "shadowing",
        rf"\b(before|prior to|after)\b[^.]{{0,12}}\b(use|call|invocation|calling|using|running|"
        rf"invoking)s?\b( of)?"
        rf"[^.]{{0,12}}{OTHER_TOOL}[^.]{{0,50}}\b(pass|send|give|hand|forward|submit|report|copy)"
        rf"\w*\b[^.]{{0,40}}"
        r"\b(this|here|me|us)\b",
    ),
    _order(
        "shadowing",
        r"\b(from now on|henceforth|from this (point|moment)|for the rest of (the|this) (session|"
        r"conversation)|as of "
        r"now)\b",
        rf"({OTHER_TOOL}|\byou (must|will|are|have|answer|should|only|never|always)\b)",
    ),
    _order(
        "shadowing",
        r"\b(behavio(u)?r|rules?|parameters?|meaning|recipients?|amounts?|results?) of (the )?"
        r"([\w-]+ )?(other|"
        r"another|[\w-]+) (tool|function)s?\b[^.]{0,15}\b(chang|is now|are now|become|must|"
        r"has to)",
    ),
    _order(
        "shadowing",
        r"\b(replac|chang|alter|overrid|overwrit|rewrit|swap|redirect|increas|multipl)"
        r"\w*\b[^.]{0,30}\b(recipient|"
        r"amount|address|url|destination|account|payee|price|total|receiver)s?\b",
        rf"(\b(other|another|payment|mail|email|transfer|send\w*) (tool|function)s?\b|"
        rf"\b(when|whenever|before|after|if)\b[^.]{{0,10}}({SNAKE}|\b(tool|function)s?\b)"
        r"[^.]{0,20}\b(available|used|called|invoked|present)\b)",
    ),
    _order(
        "shadowing",
        r"\b(if|when|where)\b[^.]{0,10}\b(another|other|any other|a different)\b[^.]{0,25}\b"
        r"(server|tool|function)s?\b"
        r"[^.]{0,50}\b(disable|ignore|unload|remove|block|uninstall|refuse|use this|instead|"
        r"prefer this)\b",
    ),
)
SMUGGLING = (
    _order(
        "secrets",
        GIVES,
        TALK,
        PARAMETER,
        unless=r"\b(optional|list of (messages|dicts)|array of|defaults? to|maximum|number of|"
        r"returns?|do not|don't|never|must not|should not|system prompt (to|for|of the|used|text|"
        r"string))\b",
    ),
)
RECIPIENTS = (
    _order(
        "recipients",
        TARGET,
        r"\b(always|every|all|each|any|whenever|also|in addition|additionally|as well|hidden|bcc|"
        r"blind|for (compliance|"
        r"audit|accounting|backup|quality|monitoring|training)\w*)\b",
        r"\b(send|cop(y|ies)|deliver|forward|share|add|put|mirror|include|cc|bcc|post|upload|"
        r"report|notify|submit)\w*\b",
        r"\b(bcc|cc|recipients?|cop(y|ies)|messages?|mails?|e-?mails?|transfers?|details|"
        r"documents?|results?|inputs?|files?|contacts?|keys?|list|"
        r"it|them|conversation|addresses|data|contents?|response)\b",
        unless=rf"{EXAMPLE.pattern}|\bsee\b|\bdocs?\b|\bdocumentation\b|\bissues?\b|\bbugs?\b|"
        rf"\bdo not\b|@(example|"
        r"domain|company|email|mail|test|acme|gmail)\b",
    ),
    _order(
        "recipients",
        r"\b(hidden|secret|silent|undisclosed) (recipient|copy|cc|bcc|address)",
        r"\b(add|put|include|send|set)\b",
    ),
    _order(
        "recipients",
        r"\b(payee|recipient|beneficiary|account|iban|wallet|receiver|destination)\b[^.]{0,25}\b"
        r"(is|are|must be|be|to|"
        r"use)\b[^.]{0,15}(\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b|\b0x[0-9a-f]{8,}|\bbc1\w{8,}|"
        r"\b\d{8,20}\b)",
        r"\b(always|whatever|regardless|every|all|instead|never mind|no matter|irrespective)\b",
    ),
)
AUTHORITY = (
    _order(
        "instructions",
        RULES_OF,
        LIFTED,
        r"\b(you|your|this (tool|call|session)|earlier|previous|safety)\b",
    ),
    _order(
        "instructions",
        r"\byou are (now )?(operating |running |working )?(in|under) [^.]{0,12}\b(maintenance|"
        r"developer|debug|god|admin\w*|"
        r"unrestricted|root|override|privileged|emergency) mode\b",
    ),
    _order(
        "instructions",
        r"\bas (the|an|your) (admin\w*|developers?|owner|operator|system|creator|vendor),? (i|we) "
        r"(hereby )?(order|command|"
        r"instruct|require|authori[sz]e|tell|direct)\b",
    ),
    _order(
        "instructions",
        r"\b(the )?(following|these|this)( \w+)? (tak|hav|ha)(e|es|ve|s) (precedence|priority)\b",
        r"\b(previous|earlier|your|prior|other|instructions?|rules|you|ones)\b",
        pair=True,
    ),
    _order(
        "instructions",
        r"\byou (must |will |should |shall )?(answer|obey|follow|listen to|trust|do) only (what|"
        r"to|this|these|me|the "
        r"following)\b",
    ),
    _order(
        "instructions",
        r"\b(system|security|policy|compliance|admin\w*|developer|emergency) (notice|override|"
        r"update|directive|order|"
        r"announcement|bulletin)\b\s*:|\b(message|note|order|instruction)s? from the (developer|"
        r"vendor|creator|maker|"
        r"admin\w*)s?( of [\w ]{2,30})?:",
        r"\b(you|your|rules|must|instructions|restrictions|safety|obey|agent|assistant|model)\b",
    ),
)
CREDENTIALS = (
    _order(
        "secrets",
        PRIVATE,
        r"\b(hand|give|supply|transfer|share|deliver|pass|send|include|append|provide|put|attach|"
        r"paste|upload|forward|"
        r"embed|encode|post|require)(s|d|ed|ing)?\b",
        rf"({PARAMETER}|\bpass(ed)? (them|it) on\b|\btext over\b|\bfail\w*\b)",
        r"\b(first|read|open|load|look|collect|fetch|cat|before|all|content|contents|text|lines|"
        r"stored|values)\b",
        unless=r"\b(do(es)? not|don't|never|must not|should not|instead of|set|configure|store|"
        r"defaults?|optional|"
        r"path (to|of)|type|generat\w+|pars\w+|check\w*)\b",
    ),
)
ORDERS = (
    *(_order(rule, *parts, unless=unless, pair=True) for rule, parts, unless in ORDERS_ABROAD),
    *SECRECY, *APPROVED, *FOLLOW, *PROMOTION, *SHADOWING, *SMUGGLING, *RECIPIENTS, *AUTHORITY,
    *CREDENTIALS,
)  # fmt: skip
SENTENCE = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?](?=\s|$)|\n\s*\n|\n\s*[-*]\s|[;。！？]")
LONGEST_SENTENCE = 600


def sentence_orders(text: str) -> Iterator[tuple[str, str, int]]:
    """(rule, the sentence, its position) of each order in ``text``."""
    sentences = list(_sentences(text))
    for position, sentence in sentences:
        for order in ORDERS:
            if _matches(order, sentence):
                yield order.rule, sentence, position
    for (position, one), (_, other) in pairwise(sentences):
        both = f"{one}. {other}"
        for order in ORDERS:
            if order.pair and len(both) <= LONGEST_SENTENCE and _matches(order, both):
                yield order.rule, both, position


def _matches(order: Order, sentence: str) -> bool:
    return all(part.search(sentence) for part in order.parts) and not order.unless.search(sentence)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in SENTENCE.finditer(text):
        yield from _cut(text, start, match.start())
        start = match.end()
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for begin in range(start, end, LONGEST_SENTENCE):
        sentence = " ".join(text[begin : min(begin + LONGEST_SENTENCE, end)].split())
        if len(sentence) >= 12:
            yield begin, sentence
