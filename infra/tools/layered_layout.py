"""Lays out a small directed graph in layers, for the picture of the rooms: arrows go down and cross little.

The usual steps (Sugiyama): circles are opened, each node gets a layer, long arrows get a bend in each layer they pass,
layers are ordered by the mean of their neighbours. The same graph always gives the same layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Edges = Mapping[str, frozenset[str]]

ROUNDS = 24


@dataclass(frozen=True)
class Layout:
    """Nodes by layer, from the top, and the arrows as chains through the layers.

    A bend of an arrow is a node of its own, whose name holds a `>`.
    """

    layers: tuple[tuple[str, ...], ...]
    arrows: tuple[tuple[str, ...], ...] = field(default=())


def lay_out(graph: Edges) -> Layout:
    """Return the layout of a graph; an arrow that is implied by others is left out."""
    acyclic = reduced(without_circles(graph))
    level = _levels(acyclic)
    layers: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node in sorted(acyclic):
        layers[level[node]].append(node)
    arrows = []
    for node in sorted(acyclic):
        for target in sorted(acyclic[node]):
            bends = [f"{node}>{target}>{step}" for step in range(level[node] + 1, level[target])]
            for step, bend in enumerate(bends, level[node] + 1):
                layers[step].append(bend)
            arrows.append((node, *bends, target))
    return Layout(tuple(tuple(layer) for layer in _ordered(layers, arrows)), tuple(arrows))


def without_circles(graph: Edges) -> dict[str, frozenset[str]]:
    """Return the graph without the arrows that close a circle (found in alphabetical order)."""
    acyclic: dict[str, set[str]] = {node: set() for node in graph}
    for node in sorted(graph):
        for target in sorted(graph[node] & graph.keys()):
            if node not in reachable(acyclic, target):
                acyclic[node].add(target)
    return {node: frozenset(targets) for node, targets in acyclic.items()}


def reachable(graph: Mapping[str, set[str] | frozenset[str]], start: str) -> set[str]:
    """Return the nodes that arrows lead to from a node, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        new = set(graph.get(waiting.pop(), ())) - seen
        seen |= new
        waiting += sorted(new)
    return seen


def reduced(graph: Edges) -> dict[str, frozenset[str]]:
    """Return a graph without circles and without the arrows that a longer path implies."""
    return {
        node: frozenset(
            target
            for target in targets
            if not any(target in reachable(graph, other) for other in targets - {target})
        )
        for node, targets in graph.items()
    }


def _levels(graph: Edges) -> dict[str, int]:
    """Return each node's layer, counted from the top: below everything that points to it, as low as possible."""
    height: dict[str, int] = {}

    def height_of(node: str) -> int:
        if node not in height:
            height[node] = max((height_of(target) + 1 for target in graph[node]), default=0)
        return height[node]

    top = max((height_of(node) for node in graph), default=0)
    return {node: top - height_of(node) for node in graph}


def _ordered(layers: list[list[str]], arrows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Return the layers in the order, of those tried, in which the fewest arrows cross."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for chain in arrows:
        for upper, lower in pairwise(chain):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    best, fewest = layers, _crossings(layers, below)
    for round_ in range(ROUNDS):
        neighbours, order = (above, layers) if round_ % 2 == 0 else (below, layers[::-1])
        swept = [order[0]]
        for layer in order[1:]:
            position = {node: (at + 0.5) / len(swept[-1]) for at, node in enumerate(swept[-1])}
            swept.append(_by_mean(layer, neighbours, position))
        layers = swept if round_ % 2 == 0 else swept[::-1]
        if (crossings := _crossings(layers, below)) < fewest:
            best, fewest = layers, crossings
    return best


def _by_mean(
    layer: list[str], neighbours: Mapping[str, list[str]], position: Mapping[str, float]
) -> list[str]:
    def mean(node: str) -> float:
        places = [position[other] for other in neighbours.get(node, ()) if other in position]
        return sum(places) / len(places) if places else (layer.index(node) + 0.5) / len(layer)

    return sorted(layer, key=lambda node: (mean(node), layer.index(node)))


def _crossings(layers: Sequence[Sequence[str]], below: Mapping[str, list[str]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        position = {node: at for at, node in enumerate(lower)}
        ends = [
            position[target]
            for node in upper
            for target in sorted(below.get(node, ()), key=position.__getitem__)
        ]
        count += sum(later < end for at, end in enumerate(ends) for later in ends[at + 1 :])
    return count
