"""A criterion of one's own for the second notebook: Taylor sensitivity without its signs."""

from cnnpruner.criteria import ChoiceOption, DataCriterion


class GradientGain(DataCriterion):
    """|x| · |∂ℓ/∂x| summed over places: like Taylor, but signs cannot cancel within a picture."""

    name = "gradient_gain"
    title = "Activation times gradient, without signs"
    help = "Sum over places of |x · ∂ℓ/∂x|, mean over images; Taylor adds the signed products first."
    keep = "high"
    needs = frozenset({"images", "labels"})
    options = (ChoiceOption(name="power", title="Power", help="of each product", choices=("1", "2"), default="1"),)

    def channel_values(self, inputs, gradient):  # both [N, C, P]
        product = (inputs * gradient).abs()
        return (product if self.settings["power"] == "1" else product**2).sum(2)  # [N, C]
