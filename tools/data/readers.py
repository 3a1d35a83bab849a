# SPDX-License-Identifier: MIT
"""Reads address databases as tables of ranges. Python's standard library only.

Table.starts, Table.ends: inclusive ranges of integers, sorted by start. They should not overlap; in
    the registries' files some do, and then the one that starts last counts where a sweep begins.
Table.recs: a record for each range."""
import bisect
import csv
import ipaddress
import mmap
import struct


class Table:
    def __init__(self):
        self.starts, self.ends, self.recs = [], [], []

    def __len__(self):
        return len(self.starts)

    def rows(self):
        return zip(self.starts, self.ends, self.recs)

    def add(self, first, last, rec):
        """Adds a range behind the others, or to the last one when it touches it and is alike."""
        if self.ends and self.ends[-1] + 1 == first and self.recs[-1] == rec:
            self.ends[-1] = last
        else:
            self.starts.append(first)
            self.ends.append(last)
            self.recs.append(rec)


class Mmdb:
    """A MaxMind DB file (format 2.0) that is walked as a whole."""
    MARK = b"\xab\xcd\xefMaxMind.com"

    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        meta_at = self.bytes.rfind(self.MARK) + len(self.MARK)
        meta, _ = self.decode(meta_at, meta_at)
        self.nodes = meta["node_count"]
        self.record_size = meta["record_size"]
        self.version = meta["ip_version"]
        self.data = self.nodes * self.record_size // 4 + 16
        self.seen = {}

    def pointer(self, at, control):
        """The value of a pointer whose control byte stood before `at`, and where it ends."""
        size, value = (control >> 3) & 3, control & 7
        raw = int.from_bytes(self.bytes[at:at + size + 1], "big")
        at += size + 1
        if size == 3:
            return raw, at
        return (value << 8 * (size + 1) | raw) + (0, 2048, 526336)[size], at

    def size(self, at, control):
        size = control & 31
        if size < 29:
            return size, at
        extra = size - 28
        raw = int.from_bytes(self.bytes[at:at + extra], "big")
        return (29, 285, 65821)[extra - 1] + raw, at + extra

    def decode(self, at, base):
        """The value at an offset, and where it ends."""
        control = self.bytes[at]
        at += 1
        kind = control >> 5
        if kind == 1:
            target, at = self.pointer(at, control)
            return self.decode(base + target, base)[0], at
        if kind == 0:
            kind = self.bytes[at] + 7
            at += 1
        size, at = self.size(at, control)
        if kind == 7:
            value = {}
            for _ in range(size):
                key, at = self.decode(at, base)
                value[key], at = self.decode(at, base)
            return value, at
        if kind == 11:
            value = []
            for _ in range(size):
                item, at = self.decode(at, base)
                value.append(item)
            return value, at
        if kind == 14:
            return bool(size), at
        raw, at = self.bytes[at:at + size], at + size
        if kind == 2:
            return raw.decode(), at
        if kind == 3:
            return struct.unpack(">d", raw)[0], at
        if kind == 15:
            return struct.unpack(">f", raw)[0], at
        if kind == 4:
            return raw, at
        if kind in (5, 6, 8, 9, 10):
            return int.from_bytes(raw, "big", signed=kind == 8), at
        raise ValueError(f"MMDB type {kind}")

    def children(self, node):
        b, at = self.bytes, node * self.record_size // 4
        if self.record_size == 24:
            return int.from_bytes(b[at:at + 3], "big"), int.from_bytes(b[at + 3:at + 6], "big")
        if self.record_size == 28:
            middle = b[at + 3]
            return ((middle >> 4) << 24 | int.from_bytes(b[at:at + 3], "big"),
                    (middle & 15) << 24 | int.from_bytes(b[at + 4:at + 7], "big"))
        return struct.unpack_from(">II", b, at)

    def record(self, node, convert):
        if node not in self.seen:
            at = node - self.nodes - 16 + self.data
            self.seen[node] = convert(self.decode(at, self.data)[0])
        return self.seen[node]

    def walk(self, version, convert):
        """Yields (first, last, converted record) in ascending order."""
        node, bits = 0, 128 if self.version == 6 else 32
        if version == 4 and self.version == 6:  # the subtree of ::/96
            for _ in range(96):
                node = self.children(node)[0] if node < self.nodes else node
            bits = 32
        stack = [(node, 0, bits)]
        while stack:
            node, first, left = stack.pop()
            if version == 6 and self.version == 6 and left == 32 and first == 0:
                continue  # the IPv4 subtree
            if node > self.nodes:
                yield first, first + (1 << left) - 1, self.record(node, convert)
            elif node < self.nodes:
                low, high = self.children(node)
                left -= 1
                stack += [(high, first + (1 << left), left), (low, first, left)]


def read_mmdb(path, version, convert):
    table = Table()
    for first, last, rec in Mmdb(path).walk(version, convert):
        table.add(first, last, rec)
    return table


def read_csv(path, convert):
    """A CSV file of first address, last address and more columns."""
    table = Table()
    with open(path, newline="", encoding="utf-8", errors="replace") as f:
        for row in csv.reader(f):
            if row and not row[0].startswith("#"):
                first, last = (int(ipaddress.ip_address(a)) for a in row[:2])
                table.add(first, last, convert(row))
    return table


def to_cidrs(first, last, width):
    """The prefixes that make up a range: (address, length)."""
    while first <= last:
        bits = (first & -first).bit_length() - 1 if first else width
        while first + (1 << bits) - 1 > last:
            bits -= 1
        yield first, width - bits
        first += 1 << bits


def sweep(tables, first, last):
    """Walks an address range over several tables: yields (first, last, [record or None])."""
    position = first
    at = [max(0, bisect.bisect_right(table.starts, first) - 1) for table in tables]
    while position <= last:
        end, recs = last, []
        for k, table in enumerate(tables):
            while at[k] < len(table) and table.ends[at[k]] < position:
                at[k] += 1
            rec = None
            if at[k] < len(table):
                if table.starts[at[k]] > position:
                    end = min(end, table.starts[at[k]] - 1)
                else:
                    end = min(end, table.ends[at[k]])
                    rec = table.recs[at[k]]
            recs.append(rec)
        yield position, end, recs
        position = end + 1
