"""A criterion with its options as one string, `name:option=value,…`, as used in URLs, plans and stored scores."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnpruner.domain.plans.criteria import BooleanOption, ChoiceOption, NumberOption, Option, OptionValue
from cnnpruner.errors import InvalidInput

MAX_SPEC_LENGTH = 80
_BOOLEAN_BY_TEXT = {"true": True, "false": False}


def parse_criterion_spec(spec: str) -> tuple[str, dict[str, str]]:
    """Splits a string such as `l1:per_weight=true` into the criterion's name and its options, with their values as
    strings. Raises InvalidInput if the string is not valid.
    """
    name, _, options_text = spec.partition(":")
    pairs = [pair.partition("=") for pair in options_text.split(",") if pair]
    option_strings = {option: value for option, _, value in pairs}
    if (
        len(spec) > MAX_SPEC_LENGTH
        or len(option_strings) < len(pairs)
        or any(not equals_sign for _, equals_sign, _ in pairs)
    ):
        spec_syntax = (
            f"write name:option=value,option=value, in at most {MAX_SPEC_LENGTH} characters, "
            "and give each option only once"
        )
        raise InvalidInput(
            f"Criterion {spec[:MAX_SPEC_LENGTH]!r} is not valid; {spec_syntax}.", criterion=spec[:MAX_SPEC_LENGTH]
        )
    return name, option_strings


def parse_criterion_settings(
    name: str, options: Sequence[Option], option_strings: Mapping[str, str]
) -> dict[str, OptionValue]:
    """Returns a value for every option of criterion `name`; options that are not in `option_strings` get their
    defaults.

    Raises InvalidInput for an unknown option or a value out of range.
    """
    names = [option.name for option in options]
    for unknown_option in option_strings.keys() - set(names):
        known_options_text = f"its options are {', '.join(names)}" if names else "it has no options"
        raise InvalidInput(
            f"Criterion {name} has no option {unknown_option!r}; {known_options_text}.",
            criterion=name,
            option=unknown_option,
        )
    return {
        option.name: _parse_option_value(name, option, option_strings[option.name])
        if option.name in option_strings
        else option.default
        for option in options
    }


def format_criterion_spec(name: str, options: Sequence[Option], settings: Mapping[str, OptionValue]) -> str:
    """Returns the criterion and its settings as a string in canonical spelling: options in the order in which they are
    declared, without options that have their default value.
    """
    pairs = [
        f"{option.name}={_format_option_value(settings[option.name])}"
        for option in options
        if settings[option.name] != option.default
    ]
    return f"{name}:{','.join(pairs)}" if pairs else name


def _parse_option_value(name: str, option: Option, text: str) -> OptionValue:
    value: OptionValue | None
    match option:
        case BooleanOption():
            value, allowed_values = _BOOLEAN_BY_TEXT.get(text), "true or false"
        case ChoiceOption():
            value, allowed_values = (text if text in option.choices else None), f"one of {', '.join(option.choices)}"
        case NumberOption():
            value, allowed_values = _parse_number(option, text), _describe_range(option)
    if value is None:
        sentence = f"Option {option.name} of criterion {name} cannot be {text!r}; it must be {allowed_values}."
        raise InvalidInput(sentence, criterion=name, option=option.name)
    return value


def _describe_range(option: NumberOption) -> str:
    kind = "a whole number" if option.whole else "a number"
    return f"{kind} from {_format_option_value(option.low)} to {_format_option_value(option.high)}"


def _parse_number(option: NumberOption, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    is_valid = option.low <= value <= option.high and (value.is_integer() or not option.whole)
    return value if is_valid else None


def _format_option_value(value: OptionValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else format_number(value)


def format_number(value: float) -> str:
    """Formats a number as JavaScript does: 1 for 1.0, 0.00001 for 1e-05, 1e-7 for 1e-07."""
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return np.format_float_positional(value, trim="-") if value else "0"
    return repr(float(value)).replace("e-0", "e-").replace(".0e", "e")
