"""Ways to build a Huffman tree in plain Python.

All take the counts of the words and return the two children of each inner node, in the order in which they were made.
Nodes are numbers: the words' first, then the inner nodes'; the last is the root."""
import heapq
from collections import deque


def with_heap(counts):
    nodes = [(count, word) for word, count in enumerate(counts)]
    heapq.heapify(nodes)
    children = []
    for made in range(len(counts), 2 * len(counts) - 1):
        (count, left), (other_count, right) = heapq.heappop(nodes), heapq.heappop(nodes)
        children.append((left, right))
        heapq.heappush(nodes, (count + other_count, made))
    return children


def sorting_again(counts):
    """The whole list is sorted at every merge."""
    nodes = [(count, word) for word, count in enumerate(counts)]
    children = []
    for made in range(len(counts), 2 * len(counts) - 1):
        nodes.sort()
        (count, left), (other_count, right) = nodes.pop(0), nodes.pop(0)
        children.append((left, right))
        nodes.append((count + other_count, made))
    return children


def with_two_queues(counts):
    """The words are sorted once; inner nodes are made in rising order, so that the least is always at a front."""
    leaves = deque(sorted((count, word) for word, count in enumerate(counts)))
    inner = deque()
    children = []
    for made in range(len(counts), 2 * len(counts) - 1):
        (count, left), (other_count, right) = pop_least(leaves, inner), pop_least(leaves, inner)
        children.append((left, right))
        inner.append((count + other_count, made))
    return children


def pop_least(leaves, inner):
    return (inner if not leaves or inner and inner[0] < leaves[0] else leaves).popleft()
