# SPDX-License-Identifier: MIT
"""Writes MaxMind DB files (format 2.0) for tests: networks to records, IPv4 at ::/96."""
import ipaddress
import struct

GAP = bytes(16)
MARKER = b"\xab\xcd\xefMaxMind.com"


class Typed:
    """A value whose type Python does not tell: Typed("u16", 7), Typed("pointer", offset)."""

    def __init__(self, kind, value):
        self.kind, self.value = kind, value


def head(kind, size):
    """The bytes in front of a value of `size` bytes or entries."""
    more = b""
    for limit, base, count in ((29, 29, 1), (285, 285, 2), (65821, 65821, 3)):
        if size >= limit:
            more = (size - base).to_bytes(4, "big")[4 - count:]
            short = 28 + count
    if not more:
        short = size
    if kind <= 7:
        return bytes([kind << 5 | short]) + more
    return bytes([short, kind - 7]) + more


def number(kind, value, most):
    data = value.to_bytes(most, "big").lstrip(b"\0")
    return head(kind, len(data)) + data


def encode(value):
    if isinstance(value, Typed):
        kinds = {"u16": lambda v: number(5, v, 2), "u64": lambda v: number(9, v, 8),
                 "u128": lambda v: number(10, v, 16), "bool": lambda v: head(14, int(v)),
                 "double": lambda v: head(3, 8) + struct.pack("!d", v),
                 "bytes": lambda v: head(4, len(v)) + v, "raw": lambda v: v,
                 "pointer": lambda v: bytes([1 << 5 | 3 << 3]) + v.to_bytes(4, "big")}
        return kinds[value.kind](value.value)
    if isinstance(value, str):
        data = value.encode()
        return head(2, len(data)) + data
    if isinstance(value, int):
        return number(6, value, 4)
    if isinstance(value, list):
        return head(11, len(value)) + b"".join(encode(v) for v in value)
    return head(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())


class Writer:
    def __init__(self, ip_version=6, record_size=32):
        self.version, self.size = ip_version, record_size
        self.nodes = [[None, None]]  # None: nothing; an int: a node; bytes: a record
        self.data, self.at = bytearray(), {}

    def path(self, network):
        n = ipaddress.ip_network(network)
        bits = n.prefixlen
        value = int(n.network_address) >> (n.max_prefixlen - bits)
        if n.version == 4 and self.version == 6:
            bits += 96
        return [value >> (bits - 1 - i) & 1 for i in range(bits)]

    def put(self, path, leaf):
        """Lays a leaf at a path of bits; what was there is divided."""
        at = 0
        for bit in path[:-1]:
            below = self.nodes[at][bit]
            if not isinstance(below, int):
                self.nodes.append([below, below])
                below = self.nodes[at][bit] = len(self.nodes) - 1
            at = below
        self.nodes[at][path[-1]] = leaf

    def add(self, network, record):
        self.put(self.path(network), encode(record))

    def alias(self, network):
        """IPv4 once more, as MaxMind's files have it for 6to4."""
        at = 0
        for _ in range(96):
            at = self.nodes[at][0]
        self.put(self.path(network), at)

    def offset(self, record):
        if record not in self.at:
            self.at[record] = len(self.data)
            self.data += record
        return self.at[record]

    def record(self, leaf):
        if leaf is None:
            return len(self.nodes)
        return leaf if isinstance(leaf, int) else len(self.nodes) + len(GAP) + self.offset(leaf)

    def node(self, pair):
        left, right = (self.record(leaf) for leaf in pair)
        if self.size == 28:
            middle = (left >> 24) << 4 | right >> 24
            return ((left & 0xFFFFFF).to_bytes(3, "big") + bytes([middle]) +
                    (right & 0xFFFFFF).to_bytes(3, "big"))
        return b"".join(r.to_bytes(self.size // 8, "big") for r in (left, right))

    def metadata(self, **changes):
        meta = {"node_count": len(self.nodes), "record_size": Typed("u16", self.size),
                "ip_version": Typed("u16", self.version), "database_type": "Test",
                "languages": ["en"], "binary_format_major_version": Typed("u16", 2),
                "binary_format_minor_version": Typed("u16", 0),
                "build_epoch": Typed("u64", 1772413200), "description": {"en": "a test"}}
        meta.update(changes)
        return MARKER + encode(meta)

    def file(self, **changes):
        tree = b"".join(self.node(pair) for pair in self.nodes)
        return tree + GAP + bytes(self.data) + self.metadata(**changes)


def database(networks, **options):
    """The bytes of a file; wide networks first, so that narrow ones divide them."""
    w = Writer(**options)
    for network in sorted(networks, key=lambda n: ipaddress.ip_network(n).prefixlen):
        w.add(network, networks[network])
    return w.file()
