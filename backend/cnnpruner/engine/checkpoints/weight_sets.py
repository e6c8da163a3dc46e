"""Finds a network's weights in a checkpoint: their key, their name prefix, and whether they are averaged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from cnnpruner.domain.sources.inspections import WeightSet
from cnnpruner.engine.checkpoints.checkpoint import Checkpoint, TensorLocation, modernize_densenet_name, read_checkpoint
from cnnpruner.engine.weights import load_weights
from cnnpruner.errors import UnreadableWeights

USUAL_KEYS = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
"""Keys under which training scripts commonly save the weights in a checkpoint, most common first."""

MAX_LISTED_TENSORS = 3
PROBED_NAME_COUNT = 8
"""Roughly how many of the network's tensor names are looked up in the file, to find the prefix that they have there."""
MIN_NAME_COVERAGE = 0.5
"""A set of tensors is a candidate for the weights of a network if it has at least this share of the network's tensor
names.
"""

_WRAPPER_NAME_PATTERN = re.compile(r"(?:^|(?<=\.))(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.")
"""Matches the components that torch.compile, FSDP and activation checkpointing insert into tensor names."""
_AVERAGED_KEY_PATTERN = re.compile(r"(?:^|[^a-z])(?:ema|swa|avg|average|averaged|polyak|shadow)(?:[^a-z]|$)")
_CAMEL_CASE_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class ChosenWeights:
    """The weights that were chosen for a network, and notices about the choice."""

    state: dict[str, Tensor]
    """The network's tensors, under the names that the network uses, and any other tensors from the same dictionary."""
    key: str
    """The key of the weights in the file; empty if the tensors are not in a nested dictionary."""
    weight_sets: tuple[WeightSet, ...]
    """All sets of weights in the file that fit the network."""
    notices: tuple[str, ...]


@dataclass(frozen=True)
class _NetworkTensorNames:
    """The names of the tensors that a network needs."""

    expected_names: tuple[str, ...]
    prefix: str
    """Prefix that all names in the network have, but the names in the file do not."""
    shape_by_name: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class _WeightsCandidate:
    """The tensors of a file whose names start with a certain prefix, as a candidate for the weights of a network."""

    prefix: str
    names: _NetworkTensorNames
    matching_name_count: int
    """How many of the network's tensor names occur in the file, after `prefix`."""
    matching_shape_count: int
    is_averaged: bool

    @property
    def key(self) -> str:
        return self.prefix.removesuffix(".")

    @property
    def is_complete(self) -> bool:
        """Whether the candidate has all tensors that the network needs."""
        return self.matching_name_count == len(self.names.expected_names)


def choose_weights(checkpoint: Checkpoint, network: nn.Module, key: str | None = None) -> ChosenWeights:
    """Return the weights under `key`. Without `key`, return weights that fit the network, preferably averaged ones.

    Weights that fit are also found if they are in nested dictionaries or if their names share a prefix. If no weights
    fit, the closest match is returned, so that `load_weights` can say what differs. Raises UnreadableWeights for an
    unknown key.
    """
    checkpoint = _rename_to_network_names(checkpoint, network)
    candidates = _find_candidates(checkpoint, network)
    candidates_with_all_tensors = [candidate for candidate in candidates if candidate.is_complete]
    max_matching_shape_count = max(
        (candidate.matching_shape_count for candidate in candidates_with_all_tensors), default=0
    )
    compatible_candidates = [
        candidate
        for candidate in candidates_with_all_tensors
        if candidate.matching_shape_count == max_matching_shape_count
    ]
    choice = (
        _pick_candidate(compatible_candidates or candidates)
        if key is None
        else _pick_candidate_by_key(checkpoint.file, candidates, key)
    )
    weight_sets = tuple(
        WeightSet(
            key=candidate.key,
            tensors=len(_candidate_tensors(checkpoint, candidate)),
            averaged=candidate.is_averaged,
            used=candidate == choice,
        )
        for candidate in compatible_candidates
    )
    notices = (
        *_describe_chosen_weights(checkpoint.file, choice, compatible_candidates, key),
        *_describe_prefix(checkpoint.file, choice),
        *_describe_unusable_averages(checkpoint, candidates),
        *_describe_unused_tensors(checkpoint, choice, compatible_candidates),
    )
    return ChosenWeights(_candidate_tensors(checkpoint, choice), choice.key, weight_sets, notices)


def load_checkpoint(network: nn.Module, path: Path, key: str | None = None) -> ChosenWeights:
    """Load weights into `network`, in place, and return which weights were chosen: those under `key`, or, without a
    key, weights that fit the network.

    Raises UnreadableWeights.
    """
    chosen_weights = choose_weights(read_checkpoint(path), network, key)
    load_weights(network, chosen_weights.state)
    return chosen_weights


def _rename_to_network_names(checkpoint: Checkpoint, network: nn.Module) -> Checkpoint:
    """Rename tensors whose names come from wrappers or old versions of torchvision, unless the network itself uses such
    names.
    """
    if any(_WRAPPER_NAME_PATTERN.search(name) for name in network.state_dict()):
        return checkpoint
    new_name_by_old = {name: new for name in checkpoint.tensors if (new := _canonical_tensor_name(name)) != name}
    if not new_name_by_old or len({new_name_by_old.get(name, name) for name in checkpoint.tensors}) < len(
        checkpoint.tensors
    ):
        return checkpoint
    tensors = {new_name_by_old.get(name, name): value for name, value in checkpoint.tensors.items()}
    locations = {new_name_by_old.get(name, name): location for name, location in checkpoint.locations.items()}
    return Checkpoint(checkpoint.file, tensors, locations, checkpoint.unnamed_tensor_lists)


def _canonical_tensor_name(name: str) -> str:
    return modernize_densenet_name(_WRAPPER_NAME_PATTERN.sub("", name))


def _find_candidates(checkpoint: Checkpoint, network: nn.Module) -> list[_WeightsCandidate]:
    """Return the candidates for the weights of the network, sorted by how many of its tensor names they have, most
    first.
    """
    candidates = [
        _create_candidate(checkpoint, names, prefix)
        for names in _find_network_tensor_names(network)
        for prefix in _find_prefixes(checkpoint, names.expected_names)
    ]
    candidates = [
        candidate
        for candidate in candidates
        if candidate.matching_name_count >= MIN_NAME_COVERAGE * len(candidate.names.expected_names)
    ] or [_create_candidate(checkpoint, _find_network_tensor_names(network)[0], _find_default_prefix(checkpoint))]
    if any(candidate.is_complete and not candidate.names.prefix for candidate in candidates):
        candidates = [candidate for candidate in candidates if not candidate.names.prefix]
    return sorted(candidates, key=lambda candidate: -candidate.matching_name_count)


def _find_network_tensor_names(network: nn.Module) -> list[_NetworkTensorNames]:
    """Return the tensor names that the network needs. If all names start with the same component, the second item of
    the result has the names without this component.
    """
    state = network.state_dict()
    shape_by_name = {name: tuple(value.shape) for name, value in state.items()}
    # Old checkpoints lack batch counters.
    expected_names = tuple(name for name in state if not name.endswith("num_batches_tracked")) or tuple(state)
    top_level_names = {name.partition(".")[0] for name in expected_names}
    names = [_NetworkTensorNames(expected_names, "", shape_by_name)]
    if len(top_level_names) == 1 and all("." in name for name in expected_names):
        prefix = f"{top_level_names.pop()}."
        shape_by_suffix = {name.removeprefix(prefix): shape for name, shape in shape_by_name.items()}
        names.append(
            _NetworkTensorNames(tuple(name.removeprefix(prefix) for name in expected_names), prefix, shape_by_suffix)
        )
    return names


def _find_prefixes(checkpoint: Checkpoint, expected_names: Sequence[str]) -> list[str]:
    """Return the prefixes that stand before the network's tensor names in the file, in the order of the file."""
    probed_names = expected_names[:: max(1, len(expected_names) // PROBED_NAME_COUNT)]
    prefixes = (
        name[: -len(probed_name)]
        for name in checkpoint.tensors
        for probed_name in probed_names
        if name == probed_name or name.endswith(f".{probed_name}")
    )
    return list(dict.fromkeys(prefixes))


def _create_candidate(checkpoint: Checkpoint, names: _NetworkTensorNames, prefix: str) -> _WeightsCandidate:
    tensors = checkpoint.tensors
    matching_names = [name for name in names.expected_names if prefix + name in tensors]
    matching_shape_count = sum(
        tuple(tensors[prefix + name].shape) == names.shape_by_name[name] for name in matching_names
    )
    return _WeightsCandidate(prefix, names, len(matching_names), matching_shape_count, _is_averaged(checkpoint, prefix))


def _is_averaged(checkpoint: Checkpoint, prefix: str) -> bool:
    """Whether the weights are an average over training steps, judging by their key or by other entries of the
    checkpoint.
    """
    if f"{prefix.removesuffix('module.')}n_averaged" in checkpoint.tensors:  # torch.optim.swa_utils.AveragedModel
        return True
    if "averaging_state.n_averaged" in checkpoint.tensors:  # Lightning's WeightAveraging averages `state_dict`
        return prefix.startswith("state_dict.")
    words = _CAMEL_CASE_BOUNDARY.sub("_", prefix).lower()
    return _AVERAGED_KEY_PATTERN.search(words) is not None


def _find_default_prefix(checkpoint: Checkpoint) -> str:
    """Return the prefix under which training scripts usually save weights; used if no tensor has one of the network's
    names.
    """
    return next((f"{key}." for key in USUAL_KEYS if any(name.startswith(f"{key}.") for name in checkpoint.tensors)), "")


def _pick_candidate(candidates: Sequence[_WeightsCandidate]) -> _WeightsCandidate:
    if not candidates[0].is_complete:
        return candidates[0]
    return min(candidates, key=lambda candidate: (not candidate.is_averaged, _key_priority(candidate.prefix)))


def _pick_candidate_by_key(file: str, candidates: Sequence[_WeightsCandidate], key: str) -> _WeightsCandidate:
    matching_candidates = [candidate for candidate in candidates if candidate.key == key] or [
        candidate for candidate in candidates if candidate.key.startswith(f"{key}.")
    ]
    if not matching_candidates:
        listed_keys = ", ".join(_quote_key(candidate.key) for candidate in candidates)
        raise UnreadableWeights(
            f"{file} has no weights of this network under the key `{key}`; choose one of: {listed_keys}.",
            keys=[candidate.key for candidate in candidates],
        )
    return matching_candidates[0]


def _key_priority(prefix: str) -> int:
    top_level_name = prefix.partition(".")[0]
    if not prefix:
        return -1
    return USUAL_KEYS.index(top_level_name) if top_level_name in USUAL_KEYS else len(USUAL_KEYS)


def _candidate_tensors(checkpoint: Checkpoint, candidate: _WeightsCandidate) -> dict[str, Tensor]:
    """Return the candidate's tensors under the names that the network uses. A tensor belongs to the candidate if its
    name has the candidate's prefix and if it is in the same dictionary of the checkpoint as a tensor of the network,
    even if the network has no tensor of that name.
    """
    used_locations = _find_used_locations(checkpoint, candidate)
    return {
        candidate.names.prefix + name.removeprefix(candidate.prefix): value
        for name, value in checkpoint.tensors.items()
        if name.startswith(candidate.prefix) and checkpoint.locations.get(name, ()) in used_locations
    }


def _find_used_locations(checkpoint: Checkpoint, candidate: _WeightsCandidate) -> set[TensorLocation]:
    names = [candidate.prefix + name for name in candidate.names.expected_names]
    tensor_locations = {checkpoint.locations.get(name, ()) for name in names if name in checkpoint.tensors}
    return tensor_locations or {
        checkpoint.locations.get(name, ()) for name in checkpoint.tensors if name.startswith(candidate.prefix)
    }


def _describe_chosen_weights(
    file: str, choice: _WeightsCandidate, compatible_candidates: Sequence[_WeightsCandidate], key: str | None
) -> list[str]:
    if len(compatible_candidates) < 2:
        return []
    listed_keys = ", ".join(
        f"{_quote_key(candidate.key)}{' (averaged)' if candidate.is_averaged else ''}"
        for candidate in compatible_candidates
    )
    reason = ", as requested" if key is not None else ""
    if key is None and choice.is_averaged:
        reason = ", because averaged weights are usually more accurate than the weights of the last step"
    return [
        f"{file} contains {len(compatible_candidates)} sets of weights for this network: {listed_keys}. "
        f"{_quote_key(choice.key)} is used{reason}. To use another set, choose its key under “Weights in the file” "
        "(`weights.key`, --weights-key)."
    ]


def _describe_prefix(file: str, choice: _WeightsCandidate) -> list[str]:
    sentences = []
    if choice.is_complete and choice.key not in ("", "module", *USUAL_KEYS) and not choice.is_averaged:
        sentences.append(f"The weights of the network were found under {_quote_key(choice.key)} in {file}.")
    if choice.is_complete and choice.names.prefix:
        sentences.append(
            f"All parameter names of the network begin with `{choice.names.prefix}`. The names in {file} do not, so "
            "this prefix was added to them."
        )
    return sentences


def _describe_unusable_averages(checkpoint: Checkpoint, candidates: Sequence[_WeightsCandidate]) -> list[str]:
    """Return sentences about averaged weights that cannot be used because names or tensors are missing."""
    sentences = [
        f"{_quote_key(key)} in {checkpoint.file} contains {count:,} averaged tensors, which cannot be used because "
        "they have no names; save the state_dict() of the averaged network instead."
        for key, count in checkpoint.unnamed_tensor_lists
        if _AVERAGED_KEY_PATTERN.search(_CAMEL_CASE_BOUNDARY.sub("_", key).lower())
    ]
    for candidate in candidates:
        if candidate.is_complete or not candidate.is_averaged:
            continue
        expected_names, prefix = candidate.names.expected_names, candidate.prefix
        missing_names = [name for name in expected_names if prefix + name not in checkpoint.tensors]
        sentences.append(
            f"{_quote_key(candidate.key)} in {checkpoint.file} contains averaged weights, which cannot be used: "
            f"{len(missing_names):,} tensors of the network are missing ({_format_name_list(missing_names)})."
        )
    return sentences


def _describe_unused_tensors(
    checkpoint: Checkpoint, choice: _WeightsCandidate, compatible_candidates: Sequence[_WeightsCandidate]
) -> list[str]:
    """Return a sentence that says how many tensors of the file belong to no set of weights."""
    if not choice.is_complete:
        return []
    used_names = {
        candidate.prefix + name.removeprefix(candidate.names.prefix)
        for candidate in (choice, *compatible_candidates)
        for name in _candidate_tensors(checkpoint, candidate)
    }
    unused = [name for name in checkpoint.tensors if name not in used_names and not name.endswith("n_averaged")]
    if not unused:
        return []
    names = _format_name_list(unused)
    return [
        f"1 other tensor does not belong to the network and is not used: {names}."
        if len(unused) == 1
        else f"{len(unused):,} other tensors do not belong to the network and are not used: {names}."
    ]


def _quote_key(key: str) -> str:
    return f"`{key}`" if key else "the top level"


def _format_name_list(names: Sequence[str]) -> str:
    return ", ".join(names[:MAX_LISTED_TENSORS]) + (", …" if len(names) > MAX_LISTED_TENSORS else "")
