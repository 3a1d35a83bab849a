# SPDX-License-Identifier: MIT
"""Where China is, by the program's own table of addresses: as prefixes, and as a MaxMind DB."""
import functools
import struct

import common


def split(first, end):
    """The range as (network, bits behind the prefix)."""
    while first < end:
        size = first & -first if first else 1 << end.bit_length()
        while size > end - first:
            size >>= 1
        yield first, size.bit_length() - 1
        first += size


@functools.lru_cache
def chinese():
    """(family, network as a number, prefix length) of all Chinese addresses."""
    geo = common.Geo()
    found = [(4, net, 32 - bits) for first, end, country in geo.v4 if country == "CN"
             for net, bits in split(first, end)]
    return found + [(6, net << 64, 64 - bits) for first, end, country in geo.v6
                    if country == "CN" for net, bits in split(first, end)]


def prefixes():
    """The same as text."""
    for family, net, length in chinese():
        address = common.IPv4Address(net) if family == 4 else common.IPv6Address(net)
        yield f"{address}/{length}"


class Mmdb:
    """Writes a MaxMind DB: some addresses are in China, all others in another country."""

    def __init__(self):
        self.nodes = [[None, None]]

    def insert(self, net, length):
        """`net` has 128 bits. In a node, None: elsewhere; -1: in China; else the next node."""
        at = 0
        for i in range(length):
            node, side = self.nodes[at], net >> 127 - i & 1
            if i == length - 1:
                node[side] = -1
                return
            if node[side] is None:
                node[side] = len(self.nodes)
                self.nodes.append([None, None])
            at = node[side]

    @classmethod
    def encode(cls, value):
        if isinstance(value, str):
            long = [len(value)] if len(value) < 29 else [29, len(value) - 29]
            return bytes([2 << 5 | long[0], *long[1:]]) + value.encode()
        if isinstance(value, dict):
            return bytes([7 << 5 | len(value)]) + b"".join(
                cls.encode(k) + cls.encode(v) for k, v in value.items())
        if isinstance(value, list):
            return bytes([len(value), 11 - 7]) + b"".join(map(cls.encode, value))
        kind, number = value
        data = number.to_bytes((number.bit_length() + 7) // 8, "big")
        head = [kind << 5 | len(data)] if kind < 8 else [len(data), kind - 7]
        return bytes(head) + data

    def write(self, path):
        count = len(self.nodes)
        known, rest = (self.encode({"continent": {"code": c}, "country": {"iso_code": i}})
                       for c, i in (("AS", "CN"), ("NA", "US")))
        value = {-1: count + 16, None: count + 16 + len(known)}
        out = bytearray()
        for node in self.nodes:
            left, right = (value.get(x, x) for x in node)
            out += struct.pack(">I", left)[1:] + bytes([left >> 24 << 4 | right >> 24])
            out += struct.pack(">I", right)[1:]
        about = {"node_count": (6, count), "record_size": (5, 28), "ip_version": (5, 6),
                 "database_type": "GeoLite2-Country", "languages": ["en"],
                 "binary_format_major_version": (5, 2), "binary_format_minor_version": (5, 0),
                 "build_epoch": (9, 1750000000), "description": {"en": "China"}}
        path.write_bytes(out + bytes(16) + known + rest + b"\xab\xcd\xefMaxMind.com" +
                         self.encode(about))


def write_mmdb(path):
    tree = Mmdb()
    for family, net, length in sorted(chinese(), key=lambda p: p[2]):
        tree.insert(net, length + (96 if family == 4 else 0))
    tree.write(path)
