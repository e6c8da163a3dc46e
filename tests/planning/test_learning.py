"""Roots that learned nothing are noticed, whatever the sign; what version 0.1.0 said stands in each row.

0.1.0 had no notice for any of them. It called every child recovered that lost no more than the tolerance, so also those
of the roots below that learned nothing.
"""

import math
from dataclasses import replace

import pytest

from cnnpruner.planning.intervals import wilson_interval
from cnnpruner.planning.learning import LearningResult, explain_unknown_recovery, has_learned, list_learning_notices

GOOD = LearningResult(
    number=0,
    correct=355,
    images=360,
    largest_class=37,
    epochs=20,
    best_epoch=12,
    loss=0.05,
    loss_first=2.3,
    loss_last=0.06,
    is_root=True,
    started_from_fresh_weights=True,
    fine_tuning_rate=None,
)
"""A root of the digits, whose largest class has 37 of the 360 selection images."""
IMPORTED = replace(
    GOOD, epochs=0, best_epoch=0, loss=0.05, loss_first=0.05, loss_last=0.05, started_from_fresh_weights=False
)
"""A root that was imported and not trained."""
LARGEST_CLASS, UNTRAINED, LOSS = "largest class", "epoch 0", "loss of node 0"
SEEN = {
    LARGEST_CLASS: "always predicting the largest class",
    UNTRAINED: "the weights before training (epoch 0)",
    LOSS: "rose during",
}


@pytest.mark.parametrize(
    ("result", "signs", "learned"),
    [
        # case                                                       0.1.0: learned, for every row
        (GOOD, [], True),
        (replace(GOOD, correct=36, best_epoch=0, loss=2.3, loss_last=5.1), [LARGEST_CLASS, UNTRAINED, LOSS], False),
        # A learning rate of 1e-7: the accuracy stays that of the fresh weights, by chance 17%.
        (replace(GOOD, correct=61, best_epoch=0, loss=2.3, loss_last=2.299), [UNTRAINED], False),
        # All answers are the largest class, which has 80% of the images: 80% looks like success.
        (replace(GOOD, correct=288, largest_class=288), [LARGEST_CLASS], False),
        (replace(GOOD, correct=288, largest_class=37), [], True),
        # Worse than the largest class.
        (replace(GOOD, correct=10), [LARGEST_CLASS], False),
        # The loss of the kept epoch and of the last one rose, although the accuracy rose by luck.
        (replace(GOOD, correct=61, best_epoch=1, loss=3.0, loss_last=4.0), [LOSS], False),
        # The training diverged late; the node has the weights of a good epoch.
        (replace(GOOD, loss_last=3.0), [LOSS], True),
        # Imported weights: only the accuracy counts.
        (IMPORTED, [], True),
        (replace(IMPORTED, correct=40), [LARGEST_CLASS], False),
        # Good weights that were trained further in vain are still good.
        (replace(IMPORTED, epochs=5, loss_last=0.4), [UNTRAINED, LOSS], True),
        # A network for which nothing was known about the labels.
        (replace(IMPORTED, correct=40, largest_class=None), [], True),
        # A pruned node whose best epoch is 0 was simply not hurt by the cut.
        (replace(GOOD, is_root=False, started_from_fresh_weights=False, best_epoch=0, loss_last=3.0), [], True),
        (replace(GOOD, is_root=False, started_from_fresh_weights=False, correct=36), [LARGEST_CLASS], False),
    ],
)
def test_each_sign_is_noticed_and_only_then_recovery_is_not_judged(
    result: LearningResult, signs: list[str], learned: bool
) -> None:
    notices = list_learning_notices(result)
    assert len(notices) == len(signs)
    assert all(SEEN[sign] in notice for sign, notice in zip(signs, notices, strict=True))
    assert has_learned(result) is learned


def test_a_root_of_no_epochs_is_called_untrained() -> None:
    untrained = replace(GOOD, epochs=0, best_epoch=0, correct=61, loss=2.3, loss_last=2.3)
    assert list_learning_notices(untrained) == [
        "Node 0 was not trained, so its weights are random: create the experiment again with at least 1 epoch of "
        "training."
    ]
    assert not has_learned(untrained)


def test_the_border_is_where_the_interval_begins_to_contain_the_share_of_the_largest_class() -> None:
    lows = {correct: wilson_interval(correct, 360).low for correct in range(361)}
    border = min(correct for correct, low in lows.items() if low > 37 / 360)
    assert has_learned(replace(GOOD, correct=border)) and not has_learned(replace(GOOD, correct=border - 1))
    assert math.isclose(border / 360, 0.139, abs_tol=0.003), "10.3% of the images is not reached by chance at 13.9%"


def test_the_reason_names_the_parent_and_the_sign() -> None:
    by_accuracy = explain_unknown_recovery(replace(GOOD, correct=36))
    assert by_accuracy == (
        "The parent, node 0, learned nothing that could be recovered: it is no more accurate than always predicting "
        "the largest class."
    )
    assert "training did not improve" in explain_unknown_recovery(replace(GOOD, correct=61, best_epoch=0))


def test_a_node_whose_fine_tuning_made_its_start_worse_says_so_and_how_to_tune_it_more_gently() -> None:
    child = replace(IMPORTED, number=5, is_root=False, epochs=3, fine_tuning_rate=0.02, loss_last=0.09)
    (notice,) = list_learning_notices(child)
    assert notice.startswith("Fine-tuning made the network of node 5 worse: after 3 epochs, the weights before")
    assert notice.endswith("with a lower learning rate, for example 0.005 instead of 0.02.")
    assert list_learning_notices(replace(child, best_epoch=1)) == []
    assert list_learning_notices(replace(child, epochs=0)) == [], "it was not tuned"
    assert list_learning_notices(replace(child, loss_last=0.04)) == [], "as accurate as its start, and a lower loss"
