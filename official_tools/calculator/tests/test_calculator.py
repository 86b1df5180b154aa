import math
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lumos_calculator import calculator
from lumos_calculator.functions import FUNCTIONS


def value(expression, precision=10, format="decimal"):
    return calculator(expression, precision, format).result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("2 + 2 * 3", "8"),
        ("(2 + 2) * 3", "12"),
        ("0.1 + 0.2", "0.3"),
        ("10 - 4 - 3", "3"),
        ("2^3^2", "512"),
        ("-2^2", "-4"),
        ("(-2)**2", "4"),
        ("2^-1", "0.5"),
        ("2 - -3", "5"),
        ("+5", "5"),
        ("3!!", "720"),
        ("-3!", "-6"),
        ("7 // 2", "3"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("7.5 % 2", "1.5"),
        ("0^0", "1"),
        ("3 × 4 ÷ 2 − 1", "5"),
        ("√16 + √9^2", "13"),
        ("1_000 + 0x1F + 0b11 + 0o17", "1049"),
        ("1.5e3 + .5 + 5.", "1505.5"),
        ("12345678901234567890 * 98765432109876543210", "1219326311370217952237463801111263526900"),
    ],
)
def test_arithmetic_is_exact_and_has_the_usual_precedence(expression, result):
    calculation = calculator(expression)
    assert (calculation.result, calculation.exact) == (result, True)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("sqrt(16/9) * 3", "4"),
        ("8^(1/3)", "2"),
        ("cbrt(-27)", "-3"),
        ("root(1024, 10)", "2"),
        ("log(8, 2)", "3"),
        ("log10(0.001)", "-3"),
        ("log2(1024)", "10"),
        ("ln(1)", "0"),
        ("hypot(3, 4)", "5"),
        ("factorial(20)", "2432902008176640000"),
        ("comb(52, 5)", "2598960"),
        ("perm(5, 2)", "20"),
        ("comb(2, 3)", "0"),
        ("gcd(12, 18, 27)", "3"),
        ("lcm(4, 6)", "12"),
        ("round(2.5) + round(-2.5)", "0"),
        ("round(-2.675, 2)", "-2.68"),
        ("round(1250, -2)", "1300"),
        ("floor(-1.5) + ceil(-1.5) + trunc(-1.5)", "-4"),
        ("min(3, 1, 2) + max(3, 1, 2)", "4"),
        ("abs(-5) + sign(-5)", "4"),
        ("mod(7, 4)", "3"),
        ("sin(0) + cos(0) + exp(0)", "2"),
        ("1.5^3", "3.375"),
        ("(-1)^1000000001", "-1"),
    ],
)
def test_functions_are_exact_where_their_value_is_rational(expression, result):
    calculation = calculator(expression)
    assert (calculation.result, calculation.exact) == (result, True)


def test_irrational_values_have_as_many_correct_digits_as_were_asked_for():
    assert value("sqrt(2)", 50) == "1.41421356237309504880168872420969807856967187537695"
    assert value("pi", 60) == "3.141592653589793238462643383279502884197169399375105820974945"
    assert value("exp(1)", 30) == "2.718281828459045235360287471353"
    assert value("ln(2)", 40) == "0.6931471805599453094172321214581765680755"
    assert value("phi", 20) == "1.61803398874989484820"[:-1]
    assert value("sin(1)", 40) == "0.8414709848078965066525023216302989996226"
    assert value("atan(1) * 4 - pi") == "0"
    assert value("1.0001^100000", 6) == "22015.456049"
    assert calculator("sqrt(2)").exact is False


@pytest.mark.parametrize(
    "name",
    [
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "atanh",
        "exp",
        "ln",
        "log",
        "log2",
        "log10",
        "sqrt",
        "cbrt",
        "degrees",
        "radians",
    ],
)
@pytest.mark.parametrize("argument", [0.001, 0.3, 0.77, 0.999])
def test_functions_agree_with_the_standard_library(name, argument):
    standard = {"ln": math.log, "cbrt": lambda x: x ** (1 / 3)}.get(name) or getattr(math, name)
    assert float(value(f"{name}({argument})", 20)) == pytest.approx(standard(argument), rel=1e-12)


@pytest.mark.parametrize(("y", "x"), [(1, 1), (1, -1), (-1, -1), (-1, 1), (0, -1), (1, 0), (-1, 0)])
def test_atan2_knows_the_quadrant(y, x):
    assert float(value(f"atan2({y}, {x})", 20)) == pytest.approx(math.atan2(y, x))


def test_angles_are_reduced_without_losing_digits():
    assert value("sin(1e22)", 12) == "-0.852200849767"
    assert value("cos(1e22) ^ 2 + sin(1e22) ^ 2") == "1"


def test_what_is_zero_but_for_rounding_is_zero():
    assert value("sin(pi)", 100, "scientific") == "0e+0"
    assert value("sqrt(2)^2 - 2") == "0"
    assert value("tanh(10000)") == "1"


def test_a_tie_that_is_reached_through_irrational_numbers_is_settled():
    assert value("sin(pi/6)", 0) == "1"
    assert value("sqrt(2)^2 / 4", 0) == "1"


def test_digits_survive_cancellation():
    assert value("(1e30 + pi) - 1e30", 20) == "3.14159265358979323846"


@pytest.mark.parametrize(
    ("expression", "precision", "decimal", "scientific", "fraction"),
    [
        ("1/3", 4, "0.3333", "3.3333e-1", "1/3"),
        ("12345.678", 2, "12345.68", "1.23e+4", "6172839/500"),
        ("-3/4", 10, "-0.75", "-7.5e-1", "-3/4"),
        ("0", 3, "0", "0e+0", "0"),
        ("2.5", 0, "3", "3e+0", "5/2"),
        ("-0.4", 0, "0", "-4e-1", "-2/5"),
        ("9.9999", 2, "10", "1e+1", "99999/10000"),
        ("1e-30", 5, "0", "1e-30", "1/1000000000000000000000000000000"),
        ("pi", 3, "3.142", "3.142e+0", "355/113"),
    ],
)
def test_each_format_shows_the_same_value(expression, precision, decimal, scientific, fraction):
    assert value(expression, precision, "decimal") == decimal
    assert value(expression, precision, "scientific") == scientific
    assert value(expression, precision, "fraction") == fraction


def test_exact_tells_whether_the_text_is_the_value():
    assert calculator("1/3").exact is False
    assert calculator("1/3", format="fraction").exact is True
    assert calculator("1/4").exact is True
    assert calculator("1e-30").exact is False
    assert calculator("1e-30", format="scientific").exact is True


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("2 +", "it ends where a number"),
        ("(2", "closing parenthesis"),
        ("2)", r"'\)' stands where an operator or the end"),
        ("2pi", 'write "2\\*pi"'),
        ("1,000", "without a comma"),
        ("2 $ 3", r"the character '\$' has no meaning, at character 3"),
        ("sine(2)", "'sine' is not known. Did you mean sin"),
        ("__import__('os')", "not known|no meaning"),
        ("sin", "needs its argument in parentheses"),
        ("sin(1, 2)", r"takes 1 argument\(s\), but 2 are given"),
        ("round(1, 2, 3)", "takes 1 to 2"),
        ("min()", "but 0 are given"),
        ("1/0", "divides by zero"),
        ("5 % 0", "divides by zero"),
        ("0^-1", "no negative power"),
        ("sqrt(-1)", "no real root"),
        ("(-8)^(1/3)", "cbrt"),
        ("ln(0)", "greater than zero"),
        ("log(5, 1)", "base of a logarithm"),
        ("asin(2)", "between -1 and 1"),
        ("acosh(0.5)", "at least 1"),
        ("atanh(1)", "between -1 and 1"),
        ("atan2(0, 0)", "no direction"),
        ("(-1)!", "no factorial"),
        ("0.5!", "whole numbers"),
        ("gcd(1.5, 2)", "whole numbers"),
        ("tan(pi/2)", "do not settle"),
        ("sin(1e60)", "larger than 1e50"),
        ("1e9999", "exponent beyond 3000"),
        ("(" * 150 + "1" + ")" * 150, "nests deeper"),
        ("1+" * 1500 + "1", "Split it into smaller ones"),
    ],
)
def test_what_has_no_value_is_refused_with_a_reason(expression, message):
    with pytest.raises(ValueError, match=message):
        calculator(expression)


@pytest.mark.parametrize("options", [{"precision": 101}, {"precision": -1}, {"format": "hex"}])
def test_options_out_of_bounds_are_refused(options):
    with pytest.raises(ValueError, match=r"Leave it out|Choose decimal"):
        calculator("1", **options)


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "9^9^9^9^9",
        "factorial(1e9)",
        "9!!!!!!!!",
        "comb(1e9, 5e8)",
        "exp(1e9)",
        "10^-100000000",
        "pow(2, 2^70)",
        "1.5^1e300",
        "lcm(" + ",".join(f"{n}^700" for n in range(2, 99)) + ")",
        "sin(1)+" * 280 + "tan(pi/2)",
        "ln(2^9000)+" * 180 + "tan(pi/2)",
        "factorial(1400)*" * 100 + "1",
    ],
)
def test_no_expression_takes_long(expression):
    started = time.process_time()
    with pytest.raises(ValueError, match=r"digits"):
        calculator(expression, 100)
    assert time.process_time() - started < 10


def test_every_function_refuses_the_wrong_number_of_arguments():
    for name, function in FUNCTIONS.items():
        with pytest.raises(ValueError, match="argument"):
            calculator(f"{name}({', '.join(['1'] * (function.most + 1))})")


def trees():
    leaves = st.integers(0, 50).map(lambda n: (str(n), Fraction(n)))

    def grow(children):
        return st.tuples(st.sampled_from("+-*"), children, children).map(
            lambda t: (
                f"({t[1][0]} {t[0]} {t[2][0]})",
                {"+": t[1][1] + t[2][1], "-": t[1][1] - t[2][1], "*": t[1][1] * t[2][1]}[t[0]],
            )
        )

    return st.recursive(leaves, grow, max_leaves=12)


@given(trees(), st.integers(1, 99))
def test_any_tree_of_rationals_is_computed_exactly(tree, divisor):
    text, expected = tree
    calculation = calculator(f"{text} / {divisor}", format="fraction")
    assert calculation.exact
    assert Fraction(calculation.result) == expected / divisor


@settings(max_examples=200)
@given(st.text(alphabet="0123456789.+-*/^!()%, episqrtlnco", max_size=40), st.integers(0, 40))
def test_any_text_gives_a_result_or_a_value_error(text, precision):
    try:
        calculator(text, precision)
    except ValueError as error:
        assert str(error).endswith((".", "?"))
