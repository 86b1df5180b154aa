"""From text to a program for a stack: a Pratt parser with bounds on length and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lumos_calculator.errors import CalculationError

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Call", "Name", "Number", "Step", "parse"]

MAX_LENGTH = 2000
MAX_DEPTH = 100
MAX_EXPONENT = 3000

_TOKEN = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<operator>\*\*|//|[-+*/%^!(),×÷·−√])"
    r"|(?P<end>$))"
)
_SAME = {"**": "^", "×": "*", "·": "*", "÷": "/", "−": "-"}
_LEFT = {"+": 10, "-": 10, "*": 20, "/": 20, "//": 20, "%": 20}
_PREFIX = 30
_POWER = 40
_POSTFIX = 50


@dataclass(frozen=True)
class Number:
    """Push a number, exactly as it was written."""

    value: Fraction


@dataclass(frozen=True)
class Name:
    """Push a constant."""

    name: str


@dataclass(frozen=True)
class Call:
    """Replace the top ``count`` values by one; ``name`` is "+", "neg", "sqrt" and so on."""

    name: str
    count: int


Step = Number | Name | Call


def parse(text: str) -> list[Step]:
    """The steps that compute an expression, in postfix order.

    Precedence, from loose to tight: ``+ -``, ``* / // %``, unary ``+ -``, ``^`` or ``**`` (from
    the right), postfix ``!``; so ``-2^2`` is -4 and ``2^-1`` is a half. Raises CalculationError.
    """
    if len(text) > MAX_LENGTH:
        raise CalculationError(
            f"The expression has {len(text):,} characters, more than the {MAX_LENGTH:,} that are "
            "read. Split it into smaller ones."
        )
    return _Parser(text).whole()


class _Parser:
    """Reads one expression; ``kind``, ``text`` and ``at`` are those of the next token."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.steps: list[Step] = []
        self.depth = 0
        self.kind = self.text = ""
        self.at = 0
        self.tokens = self._scan()
        self._advance()

    def whole(self) -> list[Step]:
        if self.kind == "end":
            raise CalculationError('The expression is empty. Write one, such as "2 * (3 + 4)".')
        self._expression(0)
        if self.kind != "end":
            raise self._unexpected("an operator or the end")
        return self.steps

    def _scan(self) -> Iterator[tuple[str, str, int]]:
        position = 0
        while True:
            match = _TOKEN.match(self.source, position)
            if match is None:
                rest = self.source[position:]
                at = position + len(rest) - len(rest.lstrip())
                raise self._refuse(f"the character {self.source[at]!r} has no meaning", at)
            kind = str(match.lastgroup)
            yield kind, match[kind], match.start(kind)
            position = match.end()

    def _advance(self) -> str:
        taken = self.text
        self.kind, text, self.at = next(self.tokens)
        self.text = _SAME.get(text, text)
        return taken

    def _take(self, text: str) -> bool:
        if self.kind == "operator" and self.text == text:
            self._advance()
            return True
        return False

    def _expression(self, loosest: int) -> None:
        """Read all that binds at least as tightly as ``loosest``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._refuse(f"it nests deeper than {MAX_DEPTH} levels", self.at)
        self._prefix()
        while self._continue(loosest):
            pass
        self.depth -= 1

    def _continue(self, loosest: int) -> bool:
        operator = self.text if self.kind == "operator" else ""
        if operator == "!" and loosest <= _POSTFIX:
            self._advance()
            self.steps.append(Call("factorial", 1))
        elif operator == "^" and loosest <= _POWER:
            self._binary(operator, _PREFIX)
        elif _LEFT.get(operator, -1) >= loosest:
            self._binary(operator, _LEFT[operator] + 1)
        else:
            return False
        return True

    def _binary(self, operator: str, right: int) -> None:
        self._advance()
        self._expression(right)
        self.steps.append(Call(operator, 2))

    def _prefix(self) -> None:
        if self._take("-"):
            self._expression(_PREFIX)
            self.steps.append(Call("neg", 1))
        elif self._take("+"):
            self._expression(_PREFIX)
        elif self._take("√"):
            self._expression(_POSTFIX)
            self.steps.append(Call("sqrt", 1))
        elif self._take("("):
            self._expression(0)
            self._close()
        elif self.kind == "number":
            position = self.at
            self.steps.append(Number(self._number(self._advance(), position)))
        elif self.kind == "name":
            self._named()
        else:
            raise self._unexpected("a number, a name or an opening parenthesis")

    def _named(self) -> None:
        name = self._advance()
        if not self._take("("):
            self.steps.append(Name(name))
            return
        count = 0
        if not self._take(")"):
            self._expression(0)
            count = 1
            while self._take(","):
                self._expression(0)
                count += 1
            self._close()
        self.steps.append(Call(name, count))

    def _close(self) -> None:
        if not self._take(")"):
            raise self._unexpected("a closing parenthesis")

    def _number(self, text: str, position: int) -> Fraction:
        plain = text.replace("_", "")
        based = plain[:2].lower() in ("0x", "0b", "0o")
        exponent = [] if based else re.split("[eE]", plain)[1:]
        if exponent and (len(exponent[0]) > 6 or abs(int(exponent[0])) > MAX_EXPONENT):
            raise self._refuse(f"{text[:40]!r} has an exponent beyond {MAX_EXPONENT}", position)
        try:
            return Fraction(int(plain, 0)) if based else Fraction(plain)
        except ValueError:
            raise self._refuse(f"{text[:40]!r} is not a number", position) from None

    def _unexpected(self, wanted: str) -> CalculationError:
        found = "it ends" if self.kind == "end" else f"{self.text[:40]!r} stands"
        hint = ""
        if wanted.startswith("an operator"):
            if self.text == ",":
                hint = ' Write thousands without a comma: "1000" or "1_000".'
            elif self.kind in ("name", "number") or self.text == "(":
                hint = ' A product needs its sign: write "2*pi", not "2pi".'
        return self._refuse(f"{found} where {wanted} is needed", self.at, hint)

    def _refuse(self, reason: str, position: int, hint: str = "") -> CalculationError:
        shown = self.source[max(0, position - 20) : position + 20].strip()
        return CalculationError(
            f"The expression cannot be read: {reason}, at character {position + 1}, "
            f"near {shown!r}.{hint or ' Check that place; the operators are + - * / // % ^ ! ( ).'}"
        )
