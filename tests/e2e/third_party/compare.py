"""A notebook session: compare the tree's nodes, then export the pruned one."""

from cnnpruner import Client

client = Client()
[experiment] = client.experiments()
tree = client.tree(experiment.id)
frame = tree.frame()
print(frame[["parent", "accuracy", "filters", "macs", "note"]])
assert frame.loc[1, "macs"] < frame.loc[0, "macs"]
comparison = client.compare(experiment.id, [node.id for node in tree])
print({layer.name: layer.widths for layer in comparison.layers})
scores = client.filter_scores(tree.node_by_number(1).id)
assert scores.free.any() and len(scores.frame()) == len(scores.score)
print(client.export(tree.node_by_number(1).id, "onnx", "node.zip"))
