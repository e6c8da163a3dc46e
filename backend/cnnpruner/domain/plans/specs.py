"""A criterion with its options in one word, `name:option=value,…`, as URLs, plans and kept scores have it."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption, Option, Setting
from cnnpruner.errors import InvalidInput

LONGEST = 80
_BOOLEANS = {"true": True, "false": False}


def split_spec(spec: str) -> tuple[str, dict[str, str]]:
    """`l1:per_weight=true` -> name and texts by option. Raises InvalidInput."""
    name, _, rest = spec.partition(":")
    pairs = [pair.partition("=") for pair in rest.split(",") if pair]
    texts = {option: value for option, _, value in pairs}
    if len(spec) > LONGEST or len(texts) < len(pairs) or any(not equals for _, equals, _ in pairs):
        form = f"write name:option=value,option=value, each option once and at most {LONGEST} characters"
        raise InvalidInput(f"Criterion {spec[:LONGEST]!r} cannot be read; {form}.", criterion=spec[:LONGEST])
    return name, texts


def read_settings(name: str, options: Sequence[Option], texts: Mapping[str, str]) -> dict[str, Setting]:
    """All options of criterion `name`, those that `texts` leaves out at their defaults.

    Raises InvalidInput for an option that there is not, and for a value out of its range.
    """
    there = {option.name: option for option in options}
    for unknown in texts.keys() - there.keys():
        known = f"it has {', '.join(there)}" if there else "it has none"
        raise InvalidInput(f"Criterion {name} has no option {unknown!r}; {known}.", criterion=name, option=unknown)
    return {
        option.name: _read(name, option, texts[option.name]) if option.name in texts else option.default
        for option in options
    }


def write_spec(name: str, options: Sequence[Option], settings: Mapping[str, Setting]) -> str:
    """The one spelling of these settings: in the order of the options, without those at their defaults."""
    pairs = [
        f"{option.name}={_write(settings[option.name])}"
        for option in options
        if settings[option.name] != option.default
    ]
    return f"{name}:{','.join(pairs)}" if pairs else name


def _read(name: str, option: Option, text: str) -> Setting:
    value: Setting | None
    match option:
        case BooleanOption():
            value, allowed = _BOOLEANS.get(text), "true or false"
        case ChoiceOption():
            value, allowed = (text if text in option.choices else None), f"one of {', '.join(option.choices)}"
        case NumberOption():
            value, allowed = _read_number(option, text), _range(option)
    if value is None:
        sentence = f"Option {option.name} of criterion {name} cannot be {text!r}; it is {allowed}."
        raise InvalidInput(sentence, criterion=name, option=option.name)
    return value


def _range(option: NumberOption) -> str:
    kind = "a whole number" if option.whole else "a number"
    return f"{kind} from {_write(option.low)} to {_write(option.high)}"


def _read_number(option: NumberOption, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    fits = option.low <= value <= option.high and (value.is_integer() or not option.whole)
    return value if fits else None


def _write(value: Setting) -> str:
    """As JavaScript writes it: 1 for 1.0, 0.00001 for 1e-05, 1e-7 for 1e-07."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return np.format_float_positional(value, trim="-") if value else "0"
    return repr(float(value)).replace("e-0", "e-").replace(".0e", "e")
