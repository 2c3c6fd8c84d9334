"""The best tree with one root, by the arcs' scores (Chu & Liu 1965, Edmonds 1967; one root as in Zmigrod et al. 2020, in its simple form)."""

import numpy


def _cycle(heads):
    color = [0] * len(heads)
    for start in range(len(heads)):
        path, at = [], start
        while at >= 0 and color[at] == 0:
            color[at] = 1
            path.append(at)
            at = heads[at] - 1
        if at >= 0 and color[at] == 1:
            return path[path.index(at):]
        for node in path:
            color[node] = 2
    return None


def _edmonds(scores):
    """`scores[child][head]`, head 0 the root; returns heads."""
    n = len(scores)
    heads = scores.argmax(1)
    cycle = _cycle(heads)
    if cycle is None:
        return heads
    inside = numpy.zeros(n, bool)
    inside[cycle] = True
    rest = numpy.flatnonzero(~inside)
    weight = scores[cycle, heads[cycle]].sum()
    m = len(rest)
    small = numpy.full((m + 1, m + 2), -1e9)
    small[:m, 0] = scores[rest, 0]
    small[:m, 1 : m + 1] = scores[rest][:, rest + 1]
    cycle = numpy.array(cycle)
    from_cycle = scores[rest][:, cycle + 1]
    leave = from_cycle.argmax(1) if m else numpy.zeros(0, int)
    if m:
        small[:m, m + 1] = from_cycle.max(1)
    gain = scores[cycle] - scores[cycle, heads[cycle]][:, None]
    columns = numpy.concatenate([[0], rest + 1])
    enter = gain[:, columns].argmax(0)
    small[m, : m + 1] = gain[:, columns].max(0) + weight
    numpy.fill_diagonal(small[:, 1:], -1e9)
    found = _edmonds(small)
    out = heads.copy()
    for at, word in enumerate(rest):
        head = found[at]
        out[word] = cycle[leave[at]] + 1 if head == m + 1 else (0 if head == 0 else rest[head - 1] + 1)
    head = found[m]
    out[cycle[enter[head]]] = columns[head]
    return out


def decode(scores):
    """Heads (0 the root) of the best tree in which one word only hangs on the root."""
    scores = numpy.asarray(scores, numpy.float64)
    heads = scores.argmax(1)
    if (heads == 0).sum() == 1 and _cycle(heads) is None:
        return heads.tolist()
    candidates = numpy.argsort(-scores[:, 0])[:3]
    best, best_score = None, -1e18
    for root in candidates:
        single = scores.copy()
        single[:, 0] = -1e6
        single[root, 0] = scores[root, 0] + 1e6
        heads = _edmonds(single)
        total = scores[numpy.arange(len(heads)), heads].sum()
        if total > best_score:
            best, best_score = heads, total
    return best.tolist()
