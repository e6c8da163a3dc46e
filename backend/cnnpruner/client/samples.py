"""What the client can see of samples and of what filters see in them."""

from typing import Any

from cnnpruner.client.addresses import place
from cnnpruner.client.http import Http
from cnnpruner.domain.samples.pictures import FilterPicture, FilterPictures, LayerFilters, SampleView
from cnnpruner.domain.tree.nodes import Sample, Samples

PAGE = 128


class SampleCalls:
    """Part of `Client`."""

    _http: Http

    def samples(self, node_id: int, **which: Any) -> list[Sample]:
        """Selection images, for instance `samples(node.id, change="degraded", against=3, classes=[1, 7])`."""
        where = place("nodes", node_id, "samples", **{"limit": 20_000, **which})
        return Samples.model_validate(self._http.call("GET", where)).items

    def sample(self, node_id: int, sample: int, against: int | None = None) -> SampleView:
        """One image with the most probable classes of this node and of another, the parent unless said."""
        where = place("nodes", node_id, "samples", sample, against=against)
        return SampleView.model_validate(self._http.call("GET", where))

    def filter_pictures(self, node_id: int, sample: int, layer: str) -> list[FilterPicture]:
        """Guided-backpropagation pictures of all filters of a layer on one sample, by number."""
        items: list[FilterPicture] = []
        offset: int | None = 0
        while offset is not None:
            where = place("nodes", node_id, "samples", sample, "filters", layer=layer, offset=offset, limit=PAGE)
            answer = self._http.call("GET", where)
            page = FilterPictures.model_validate(answer)
            items += page.items
            offset = page.next
        return items

    def layer_filters(self, node_id: int, layer: str) -> LayerFilters:
        """Mean map, mean activation and most exciting samples of every filter of a layer."""
        return LayerFilters.model_validate(self._http.call("GET", place("nodes", node_id, "layers", layer, "filters")))
