"""Names and sentences for made-up tools: few words for many, as in life, and some Chinese."""

from __future__ import annotations

import random
from dataclasses import dataclass

_OBJECTS = (
    "csv pdf json xml yaml html markdown excel image audio video email calendar invoice contract "
    "receipt weather stock currency map address phone url domain dns http api graph vector text "
    "sentence translation summary keyword entity sentiment table column row schema sql query log "
    "metric trace password hash token certificate date time timezone unit formula matrix number "
    "regex diff patch archive folder file clipboard screenshot webpage feed news paper citation"
)
_VERBS = (
    "reader writer parser builder checker converter extractor finder cleaner splitter merger "
    "validator generator formatter scanner counter planner tracker watcher searcher ranker "
    "summarizer translator classifier comparer sampler encoder decoder fetcher sender"
)
_ADJECTIVES = "fast safe simple exact smart tiny bulk live deep lazy strict local daily open"
OBJECTS, VERBS, ADJECTIVES = _OBJECTS.split(), _VERBS.split(), _ADJECTIVES.split()
CHINESE = (
    "解析表格数据并返回结构化结果",
    "搜索网页并提取正文",
    "把中文文本分词并统计词频",
    "验证身份证号码和手机号码",
    "读取发票图片中的金额和日期",
)
SENTENCES = (
    "Reads {object} data of any size and answers rows an agent can use",
    "A {adjective} {verb} for {object} files, without network access",
    "Turns {object} into JSON and says where the input was broken",
    "Finds the {object} that matters and explains why",
    "Checks {object} input against a schema before an agent trusts it",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a made-up tool is called and says of itself."""

    name: str
    title: str
    summary: str
    keywords: list[str]


def words(chance: random.Random, number: int) -> Words:
    """Words for the tool of this number; the name is its own within any namespace."""
    thing, verb = _common(chance, OBJECTS), _common(chance, VERBS)
    adjective = chance.choice(ADJECTIVES)
    begin = f"{adjective}-" if chance.random() < 0.3 else ""
    sentence = chance.choice(SENTENCES).format(object=thing, verb=verb, adjective=adjective)
    if chance.random() < 0.03:
        sentence = f"{chance.choice(CHINESE)} ({thing})"
    return Words(
        name=f"{begin}{thing}-{verb}-{_letters(number)}",
        title=f"{thing} {verb}".capitalize(),
        summary=f"{sentence}.",
        keywords=sorted({thing, verb, adjective, chance.choice(OBJECTS)}),
    )


def _common(chance: random.Random, choices: list[str]) -> str:
    """Early words far more often than late ones, as in natural texts."""
    return choices[int(len(choices) * chance.random() ** 2)]


def _letters(number: int) -> str:
    """A number in letters that no look-alike rule folds: 0 is a, 26 is ba."""
    text = ""
    while True:
        number, rest = divmod(number, 20)
        text = "abcdefghjkpqstuvxyzn"[rest] + text
        if not number:
            return text
