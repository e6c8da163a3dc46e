"""Client calls for samples and for pictures of what filters respond to."""

from typing import Any

from cnnpruner.client.addresses import api_path
from cnnpruner.client.http import HttpClient
from cnnpruner.domain.samples.pictures import FilterPicture, FilterPictures, LayerFilters, SampleView
from cnnpruner.domain.tree.nodes import Sample, Samples

PAGE_SIZE = 128


class SampleMixin:
    """Mixin that adds the calls for samples and filter pictures to `Client`."""

    _http: HttpClient

    def samples(self, node_id: int, **query: Any) -> list[Sample]:
        """The selection images that meet the conditions in `query`, with a node's predictions; for instance
        `samples(node.id, change="degraded", against=3, classes=[1, 7])`.
        """
        path = api_path("nodes", node_id, "samples", **{"limit": 20_000, **query})
        return Samples.model_validate(self._http.call("GET", path)).items

    def sample(self, node_id: int, sample: int, against: int | None = None) -> SampleView:
        """The most probable classes of a selection image, as predicted by a node and by the node `against` (default:
        the parent).
        """
        path = api_path("nodes", node_id, "samples", sample, against=against)
        return SampleView.model_validate(self._http.call("GET", path))

    def filter_pictures(self, node_id: int, sample: int, layer: str) -> list[FilterPicture]:
        """Guided-backpropagation pictures of one sample for all filters of a layer, ordered by filter number."""
        items: list[FilterPicture] = []
        offset: int | None = 0
        while offset is not None:
            path = api_path("nodes", node_id, "samples", sample, "filters", layer=layer, offset=offset, limit=PAGE_SIZE)
            response = self._http.call("GET", path)
            page = FilterPictures.model_validate(response)
            items += page.items
            offset = page.next
        return items

    def layer_filters(self, node_id: int, layer: str) -> LayerFilters:
        """For every filter of a layer, its mean activation, its mean activation map, and the samples that activate it
        most.
        """
        return LayerFilters.model_validate(
            self._http.call("GET", api_path("nodes", node_id, "layers", layer, "filters"))
        )
