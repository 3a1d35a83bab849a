# SPDX-License-Identifier: MIT
"""The address table: who has an address, and where.

The mainland, by two votes of three (DB-IP, delegations of the registries, whois and geofeeds); its
provinces by AS, then by China Mobile's IPv6 plan, then by DB-IP. Hong Kong, Macao and Taiwan as
DB-IP has them. Elsewhere DB-IP's majority per block, for IPv6 within the delegations."""
import bisect
import collections
import ipaddress

from cn_isp import isp_of, province_of
from places import Mean, source_rows
from readers import Table, read_csv, read_mmdb, sweep

SPECIAL = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
    ::/3 2001::/23 2001:db8::/32 2002::/16 3fff::/20 4000::/2 8000::/1""".split()
EXACT = ("HK", "MO", "TW")  # kept as fine as the source has them, as the mainland is
# Countries so large that their states are kept apart, for the sake of distance.
BIG = ("US", "CA", "RU", "AU", "BR", "IN", "ID", "MX", "AR", "KZ")
MIDDLE = (34.0, 113.0)  # of the mainland, for addresses without a province
UNKNOWN, NOWHERE = 0, 1  # records: no data; special-purpose space

# China Mobile's plan, read off the provincial networks in 2409:8000::/20: the low byte of the
# second group, in the order of GB/T 2260, from this value on.
MOBILE_PLAN = [
    (0x00, "BJ"), (0x02, "TJ"), (0x04, "HE"), (0x0c, "SX"), (0x10, "NM"), (0x14, "LN"),
    (0x18, "JL"), (0x1a, "HL"), (0x1e, "SH"), (0x20, "JS"), (0x28, "ZJ"), (0x30, "AH"),
    (0x34, "FJ"), (0x38, "JX"), (0x3c, "SD"), (0x44, "HA"), (0x4c, "HB"), (0x50, "HN"),
    (0x54, "GD"), (0x5c, "GX"), (0x5e, "HI"), (0x60, "CQ"), (0x62, "SC"), (0x6a, "GZ"),
    (0x6c, "YN"), (0x70, "SN"), (0x74, "GS"), (0x78, "QH"), (0x7a, "NX"), (0x7c, "XJ")]


def mobile_province(address):
    value = (address >> 96) & 0xff
    if value > 0x7f:
        return None
    return MOBILE_PLAN[bisect.bisect([start for start, _ in MOBILE_PLAN], value) - 1][1]


class Sources:
    """The databases of one family."""

    def __init__(self, modules, version):
        place = modules + "/@ip-location-db"
        self.dbip = read_mmdb(f"{place}/dbip-city-mmdb/dbip-city-ipv{version}.mmdb", version,
                              lambda r: (r.get("country_code") or "", r.get("state1") or "",
                                         r.get("latitude") or 0.0, r.get("longitude") or 0.0))
        self.systems = read_csv(f"{place}/asn/asn-ipv{version}.csv", lambda r: (int(r[2]), r[3]))
        self.delegated, self.whois = (
            read_csv(f"{place}/{name}/{name}-ipv{version}.csv", lambda r: r[2])
            for name in ("asn-country", "geo-whois-asn-country"))


class Builder:
    def __init__(self, provinces, points):
        self.provinces, self.points = provinces, points
        self.province_of_dbip = {p.dbip: p.iso for p in provinces.values()}
        self.number = {("", "", ""): UNKNOWN, ("ZZ", "", ""): NOWHERE}
        self.records = list(self.number)         # (country, province or state, operator)
        self.places = [(0.0, 0.0), (0.0, 0.0)]   # of each record
        self.state_point, self.state_number = {}, {}
        self.systems = collections.Counter()     # (AS, name, operator) -> IPv4 addresses

    def record(self, country, part, isp, place):
        key = (country, part, isp)
        if key not in self.number:
            self.number[key] = len(self.records)
            self.records.append(key)
            self.places.append(place)
        return self.number[key]

    def learn_states(self, dbip):
        """Numbers the states of the big countries, the one with the most addresses first."""
        means = collections.defaultdict(Mean)
        for first, last, (country, state, lat, lon) in dbip.rows():
            if country in BIG and state:
                means[country, state].add(lat, lon, last - first + 1)
        by_country = collections.defaultdict(list)
        for (country, state), mean in means.items():
            self.state_point[country, state] = mean.point()
            by_country[country].append((-mean.weight, state))
        for country, states in by_country.items():
            for i, (_, state) in enumerate(sorted(states)):
                self.state_number[country, state] = f"{i + 1:02d}" if i < 99 else ""

    # The exact part: the mainland, Hong Kong, Macao, Taiwan.

    def candidates(self, s):
        """Ranges that one of the sources at least puts into the exact part."""
        found = [(first, last) for first, last, r in s.dbip.rows() if r[0] in ("CN", *EXACT)]
        for table in (s.delegated, s.whois):
            found += [(a, b) for a, b, country in table.rows() if country in ("CN", *EXACT)]
        merged = []
        for first, last in sorted(found):
            if merged and first <= merged[-1][1] + 1:
                merged[-1][1] = max(merged[-1][1], last)
            else:
                merged.append([first, last])
        return merged

    @staticmethod
    def vote(dbip, delegated, whois):
        """The country that two of three name. DB-IP decides when all differ, and where an address
        outside the mainland is: a delegation says who holds it, not where."""
        votes = collections.Counter(c for c in (dbip and dbip[0], delegated, whois) if c)
        if not votes:
            return None
        country, count = votes.most_common(1)[0]
        if count == 1:
            country = dbip[0] if dbip else whois or delegated
        if country != "CN" and dbip:  # outvoted on the mainland, it is not asked where else
            country = dbip[0] if dbip[0] != "CN" else None
        return country

    def mainland_record(self, version, first, last, dbip, system):
        asn, name = system or (None, "")
        isp = isp_of(asn, name)
        province, _ = province_of(asn, name)
        if version == 6 and not province and first >> 108 == 0x24098:
            province = mobile_province(first)
            isp = isp or "cm"
        if not province and dbip and dbip[0] == "CN":
            province = self.province_of_dbip.get(dbip[1])
        if asn:
            self.systems[asn, name, isp] += last - first + 1 if version == 4 else 0
        p = self.provinces.get(province)
        return self.record("CN", province or "", isp, (p.lat, p.lon) if p else MIDDLE)

    def exact(self, version, s):
        table = Table()
        for low, high in self.candidates(s):
            tables = (s.dbip, s.delegated, s.whois, s.systems)
            for first, last, (dbip, delegated, whois, system) in sweep(tables, low, high):
                country = self.vote(dbip, delegated, whois)
                if country == "CN":
                    rec = self.mainland_record(version, first, last, dbip, system)
                elif country in EXACT:
                    rec = self.record(country, "", "", self.points[country])
                else:
                    continue
                table.add(first, last, rec)
        return table

    # The rest: a majority per block.

    def blocks(self, dbip, shift):
        """(first, last, (country, number of the state, state)) per block of 2**shift addresses, and
        for runs of whole blocks."""
        out, counts, current = [], {}, -1

        def flush():
            if counts:
                best = max(counts.items(), key=lambda item: item[1])[0]
                out.append((current << shift, ((current + 1) << shift) - 1, best))

        for first, last, (country, state, _, _) in dbip.rows():
            if country in ("", "ZZ", "CN", *EXACT):
                continue
            state = state if country in BIG else ""
            key = (country, self.state_number.get((country, state), ""), state)
            while first <= last:
                block = first >> shift
                if block != current:
                    flush()
                    current, counts = block, {}
                end = min(last, ((block + 1) << shift) - 1)
                counts[key] = counts.get(key, 0) + end - first + 1
                if (last >> shift) - block > 1:  # many whole blocks of one place
                    end = ((last >> shift) << shift) - 1
                    out.append(((block + 1) << shift, end, key))
                first = end + 1
        flush()
        return sorted(out)

    @staticmethod
    def within_delegations(blocks, delegated):
        """IPv6: the country is the delegation's, the state DB-IP's where the two agree."""
        table = Table()
        for row in blocks:
            table.add(*row)
        for first, last, (country, key) in sweep((delegated, table), 2 << 124, (4 << 124) - 1):
            if country and country != "CN" and country not in EXACT:
                agree = key and key[0] == country
                yield first, last, key if agree else (country, "", "")
            elif key and not country:
                yield first, last, key

    def base(self, version, s, shift):
        blocks = self.blocks(s.dbip, shift)
        if version == 6:
            blocks = self.within_delegations(blocks, s.delegated)
        table = Table()
        for first, last, (country, number, state) in blocks:
            place = self.points.get(country, (0, 0))
            if number:
                place = self.state_point[country, state]
            table.add(first, last, self.record(country, number, "", place))
        return table

    # Putting the parts on top of each other.

    def overrides(self, version):
        table = Table()
        rows = ((ipaddress.ip_network(row[0]), row[1], row[2])
                for row in source_rows("overrides_src.tsv"))
        for net, province, isp in sorted(row for row in rows if row[0].version == version):
            p = self.provinces[province]
            rec = self.record("CN", province, isp, (p.lat, p.lon))
            table.add(int(net.network_address), int(net.broadcast_address), rec)
        return table

    @staticmethod
    def special(version):
        table = Table()
        nets = (ipaddress.ip_network(text) for text in SPECIAL)
        for net in sorted(net for net in nets if net.version == version):
            table.add(int(net.network_address), int(net.broadcast_address), NOWHERE)
        return table

    def steps(self, layers, last):
        """[(start, record)]; the last layer that has an address decides. Unassigned space goes with
        the neighbour before it, but not where an edge must stay exact."""
        steps = []
        for first, _, recs in sweep(layers, 0, last):
            rec = next((r for r in reversed(recs) if r is not None), UNKNOWN)
            if rec == UNKNOWN and steps and self.records[steps[-1][1]][0] not in ("CN", *EXACT):
                continue
            if not steps or steps[-1][1] != rec:
                steps.append((first, rec))
        return steps

    def build(self, version, s, block_length):
        """(steps, the exact part) of one family."""
        width = 32 if version == 4 else 128
        if version == 4:
            self.learn_states(s.dbip)
        exact = self.exact(version, s)
        base = self.base(version, s, width - block_length)
        layers = (base, exact, self.overrides(version), self.special(version))
        return self.steps(layers, (1 << width) - 1), exact
