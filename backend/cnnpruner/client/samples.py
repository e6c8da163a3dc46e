"""What the client can see of samples and of what filters see in them."""

from typing import Any
from urllib.parse import quote, urlencode

from cnnpruner.client.http import Http
from cnnpruner.domain.nodes import Sample, Samples
from cnnpruner.domain.pictures import FilterPicture, FilterPictures, LayerFilters, SampleView

PAGE = 128


class SampleCalls:
    """Part of `Client`."""

    _http: Http

    def samples(self, node_id: int, **which: Any) -> list[Sample]:
        """Selection images, for instance `samples(node.id, change="degraded", against=3, classes=[1, 7])`."""
        query = urlencode({"limit": 20_000, **which}, doseq=True)
        return Samples.model_validate(self._http.call("GET", f"/nodes/{node_id}/samples?{query}")).items

    def sample(self, node_id: int, sample: int, against: int | None = None) -> SampleView:
        """One image with the most probable classes of this node and of another, the parent unless said."""
        query = "" if against is None else f"?against={against}"
        return SampleView.model_validate(self._http.call("GET", f"/nodes/{node_id}/samples/{sample}{query}"))

    def filter_pictures(self, node_id: int, sample: int, layer: str) -> list[FilterPicture]:
        """Guided-backpropagation pictures of all filters of a layer on one sample, by number."""
        items: list[FilterPicture] = []
        offset: int | None = 0
        while offset is not None:
            query = urlencode({"layer": layer, "offset": offset, "limit": PAGE})
            answer = self._http.call("GET", f"/nodes/{node_id}/samples/{sample}/filters?{query}")
            page = FilterPictures.model_validate(answer)
            items += page.items
            offset = page.next
        return items

    def layer_filters(self, node_id: int, layer: str) -> LayerFilters:
        """Mean map, mean activation and most exciting samples of every filter of a layer."""
        return LayerFilters.model_validate(self._http.call("GET", f"/nodes/{node_id}/layers/{quote(layer)}/filters"))
