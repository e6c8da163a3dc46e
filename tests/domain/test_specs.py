"""A criterion with its options as one string."""

import pytest

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption
from cnnpruner.domain.plans.specs import format_criterion_spec, parse_criterion_settings, parse_criterion_spec
from cnnpruner.errors import InvalidInput

OPTIONS = (
    NumberOption(name="power", title="p", help="h", low=0, high=8, default=2),
    NumberOption(name="count", title="n", help="h", low=1, high=9, default=3, whole=True),
    ChoiceOption(name="center", title="c", help="h", choices=["none", "mean"], default="none"),
    BooleanOption(name="mean", title="m", help="h", default=False),
)


def normalize(spec: str) -> str:
    name, texts = parse_criterion_spec(spec)
    return format_criterion_spec(name, OPTIONS, parse_criterion_settings(name, OPTIONS, texts))


@pytest.mark.parametrize(
    ("spec", "normalized"),
    [
        ("norm", "norm"),
        ("norm:power=2.0,mean=false", "norm"),
        ("norm:mean=true,power=0.50", "norm:power=0.5,mean=true"),
        ("norm:count=4.0,center=mean", "norm:count=4,center=mean"),
        ("norm:power=1e-5", "norm:power=0.00001"),
        ("norm:power=1e-7", "norm:power=1e-7"),
        ("norm:power=0", "norm:power=0"),
    ],
)
def test_specs_have_a_canonical_spelling(spec: str, normalized: str) -> None:
    assert normalize(spec) == normalized
    assert normalize(normalized) == normalized


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("norm:power=9", "a number from 0 to 8"),
        ("norm:power=nan", "a number from 0 to 8"),
        ("norm:count=2.5", "a whole number from 1 to 9"),
        ("norm:center=median", "none, mean"),
        ("norm:mean=1", "true or false"),
        ("norm:size=1", "no option 'size'; its options are power"),
        ("norm:power", "name:option=value"),
        ("norm:power=1,power=2", "give each option only once"),
        ("norm:" + "x" * 90, "at most 80"),
    ],
)
def test_invalid_options_are_rejected_with_the_allowed_ones(spec: str, expected: str) -> None:
    with pytest.raises(InvalidInput, match=expected):
        normalize(spec)


def test_an_option_with_an_invalid_default_is_rejected() -> None:
    with pytest.raises(ValueError, match="not in the range"):
        NumberOption(name="p", title="p", help="h", low=0, high=1, default=2)
    with pytest.raises(ValueError, match="not one of the choices"):
        ChoiceOption(name="p", title="p", help="h", choices=["a", "b"], default="c")
