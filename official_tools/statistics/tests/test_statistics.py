import math
import statistics as reference
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_statistics import Operation, statistics
from lumos_statistics.measures import MEASURES


def measure(name, data, precision=6):
    return statistics(data, (name,), precision).results[name]


def test_the_default_operations_describe_a_sample():
    summary = statistics([1, 2, 2, 3, 4, 7, 9])
    assert summary.count == 7
    assert summary.results == {
        "mean": 4.0,
        "median": 3.0,
        "mode": 2.0,
        "std_dev": 2.94392,
        "variance": 8.666667,
    }
    assert (summary.modes, summary.notes) == ([2.0], [])


def test_decimals_are_added_exactly():
    assert measure("sum", [0.1] * 10, 15) == 1.0
    assert measure("sum", [1e16, 1.0, -1e16]) == 1.0


def test_the_variance_of_large_close_numbers_is_exact():
    assert measure("variance", [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]) == 30.0


def test_sample_and_population_differ_by_their_divisor():
    data = [2, 4, 4, 4, 5, 5, 7, 9]
    assert measure("population_std_dev", data) == 2.0
    assert measure("population_variance", data) == 4.0
    assert measure("variance", data) == 4.571429


def test_all_modes_are_told_in_the_order_of_the_data():
    summary = statistics([3, 1, 3, 1, 2], ("mode",))
    assert (summary.results["mode"], summary.modes) == (3.0, [3.0, 1.0])


def test_numbers_that_all_differ_have_no_mode():
    summary = statistics([1, 2, 3], ("mode",))
    assert (summary.results, summary.modes) == ({"mode": None}, [])
    assert summary.notes == ["mode needs a number that occurs more than once."]


def test_one_number_has_a_mean_and_no_sample_variance():
    summary = statistics([5])
    assert summary.results["mean"] == summary.results["median"] == summary.results["mode"] == 5.0
    assert summary.results["variance"] is None
    assert summary.notes[-1].startswith("variance needs at least two numbers")


def test_quartiles_are_those_of_spreadsheets():
    data = [7, 15, 36, 39, 40, 41]
    summary = statistics(data, ("q1", "median", "q3", "iqr", "p90", "p95", "p99"))
    assert list(summary.results.values()) == [20.25, 37.5, 39.75, 19.5, 40.5, 40.75, 40.95]


def test_shape_measures_are_zero_for_symmetry_and_minus_two_for_two_points():
    assert measure("skewness", [1, 2, 3]) == 0.0
    assert measure("kurtosis", [1, -1]) == -2.0
    assert measure("skewness", [1, 1, 4], 9) == 0.707106781


def test_means_of_growth_and_rates():
    assert measure("geometric_mean", [1, 10, 100]) == 10.0
    assert measure("harmonic_mean", [40, 60]) == 48.0
    assert measure("harmonic_mean", [5e-324, 5e-324], 0) == 0.0


@pytest.mark.parametrize("name", ["geometric_mean", "harmonic_mean"])
def test_means_of_positive_numbers_say_why_they_are_missing(name):
    summary = statistics([0, 1], (name,))
    assert summary.results[name] is None
    assert "greater than zero" in summary.notes[0]


def test_a_result_beyond_a_double_is_null_and_told():
    summary = statistics([1.7e308, 1.7e308], ("sum", "mean"))
    assert summary.results == {"sum": None, "mean": 1.7e308}
    assert summary.notes == ["sum is too large for a double."]


def test_results_are_rounded_to_the_precision_with_halves_to_even():
    assert measure("mean", [0.125], 2) == 0.12
    assert measure("mean", [2.5], 0) == 2.0
    assert measure("mean", [1, 1, 2], 3) == 1.333


def test_the_order_of_the_operations_is_kept_and_doubles_count_once():
    assert list(statistics([1], ("sum", "min", "sum")).results) == ["sum", "min"]


def test_every_operation_of_the_type_is_computed():
    assert set(get_args(Operation)) == set(MEASURES)
    summary = statistics([1.5, 2.5, 2.5, 10], get_args(Operation))
    assert None not in summary.results.values()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": []}, "Give at least one number"),
        ({"data": [1] * 100_001}, "between 1 and 100,000"),
        ({"data": [1, math.nan]}, r"data\[1\] is nan, but"),
        ({"data": [math.inf]}, "Remove that item"),
        ({"data": [10**400]}, "is too large, but"),
        ({"data": ["1"]}, "is '1', but every item"),
        ({"data": [True]}, "is True, but"),
        ({"data": [1], "operations": ("avg",)}, "'avg' is not known. Choose from: count, sum"),
        ({"data": [1], "operations": ()}, "No operation is named"),
        ({"data": [1], "precision": 16}, "between 0 and 15"),
        ({"data": [1], "precision": -1}, "between 0 and 15"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_a_reason(arguments, message):
    with pytest.raises(ValueError, match=message):
        statistics(**arguments)


decimals = st.decimals(-(10**9), 10**9, places=3).map(float)
samples = st.lists(decimals, min_size=2, max_size=30)


@given(samples)
def test_the_measures_agree_with_the_standard_library(data):
    wanted = ("mean", "median", "variance", "population_variance", "std_dev", "min", "max")
    results = statistics(data, wanted, 3).results
    expected = [
        reference.fmean(data),
        reference.median(data),
        reference.variance(data),
        reference.pvariance(data),
        reference.stdev(data),
        min(data),
        max(data),
    ]
    assert list(results.values()) == pytest.approx(expected, rel=1e-9, abs=1e-2)


@given(samples, st.randoms(use_true_random=False))
def test_the_order_of_the_numbers_changes_nothing(data, random):
    wanted = tuple(name for name in get_args(Operation) if name not in {"mode"})
    shuffled = data[:]
    random.shuffle(shuffled)
    assert statistics(data, wanted) == statistics(shuffled, wanted)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_any_finite_doubles_are_described_without_an_error(data):
    summary = statistics(data, get_args(Operation))
    assert all(value is None or math.isfinite(value) for value in summary.results.values())
    assert summary.results["min"] is not None
