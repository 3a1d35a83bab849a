# SPDX-License-Identifier: MIT
"""tools/bench serve: queries a second on one core, what an answer costs, how long it takes.

One server thread on core 0, the load generator on core 1, nothing but loopback. All servers stay
loaded; within a round every kind of load goes to each of them in turn, so that what a ratio
compares lies seconds apart. A run is void, and repeated, unless the server was busy at least 98 %
of the time in which neither it nor the generator was kept from its core by others, and the
generator had turns without anything to do."""
import json
import statistics
import sys

import common
import peers

SECONDS, WARM = "3", "0.4"
BUSY_LEAST, IDLE_LEAST = 0.98, 3  # share of time; percent of the generator's turns
REPEATS = 3
RATE = "20000"

# name, options of rig_load; what has a rate is about latency
KINDS = {
    "plain": [],
    "ecs": ["--subnets", "SUBNETS"],
    "nxdomain": ["--absent", "50"],
    "zipf": ["--zipf", "1"],
    "ecs-zipf": ["--zipf", "1", "--subnets", "SUBNETS"],
    "tcp": ["--mode", "tcp"],
    "dot": ["--mode", "tls"],
    "latency": ["--rate", RATE, "--sleep", "--batch", "1"],
    "latency-ecs": ["--rate", RATE, "--sleep", "--batch", "1", "--subnets", "SUBNETS"],
}
TRANSPORT = {"tcp": "tcp", "dot": "tls"}


def can(server, kind):
    if TRANSPORT.get(kind, "udp") not in server.ports:
        return False
    floor = isinstance(server, common.Floor)
    return not floor or kind in ("plain", "ecs", "latency", "zipf")


def is_void(kind, result):
    if kind.startswith("latency"):
        return False
    return result["server_busy"] < BUSY_LEAST or result["idle_percent"] < IDLE_LEAST


def measure(server, kind, subnets, seconds):
    """One run that counts, or the best of those that do not."""
    options = [str(subnets) if o == "SUBNETS" else o for o in KINDS[kind]]
    options += ["--seconds", seconds, "--warm", WARM]
    best = None
    for _ in range(1 + REPEATS):
        if kind.startswith("latency"):
            with common.awake(int(float(seconds)) + 5):
                result = common.load(server, options)
        else:
            result = common.load(server, options)
        result["void"] = is_void(kind, result)
        if best is None or result["server_busy"] > best["server_busy"]:
            best = result
        if not best["void"]:
            break
    return best


def start_all(classes, folder, sites):
    servers = []
    for cls in classes:
        server = cls(folder, sites)
        try:
            server.start()
            server.pin()
        except (RuntimeError, OSError) as e:
            print(f"{cls.name} with {sites} sites: {e}", file=sys.stderr)
            continue
        servers.append(server)
    return servers


def run_rounds(servers, args, subnets, out):
    """rows[name, kind] = a result a round."""
    rows = {}
    for rnd in range(args.rounds):
        turn = rnd % len(servers)
        for kind in args.kinds:
            for server in servers[turn:] + servers[:turn]:
                if not can(server, kind):
                    continue
                if common.Priority.check():
                    server.real_time()
                result = measure(server, kind, subnets, args.seconds)
                if common.Priority.check():
                    server.real_time(False)
                rows.setdefault((server.name, kind), []).append(result)
                row = {"server": server.name, "kind": kind, "sites": server.sites, "round": rnd}
                del result["slowest_us"], result["watch"]
                out.write(json.dumps({**row, **result}) + "\n")
                out.flush()
    return rows


def ratios(rows, name, kind, base):
    """Ratio of each round to the same round's `base`, which is asked plainly if not like this."""
    mine = rows.get((name, kind))
    theirs = rows.get((base, kind)) or rows.get((base, "plain"))
    if not mine or not theirs or kind in TRANSPORT:
        return []
    return [a["fair_qps"] / b["fair_qps"] for a, b in zip(mine, theirs)]


def throughput(rows, args, best_peer):
    names = list(dict.fromkeys(name for name, _ in rows))
    lines = []
    for kind in args.kinds:
        if kind.startswith("latency"):
            continue
        for name in names:
            results = rows.get((name, kind))
            if not results:
                continue
            void = sum(r["void"] for r in results)
            lost = sum(r["lost"] for r in results)
            note = f"{void} void" if void else ""
            note += f" {lost} lost" if lost else ""
            note += f" {sum(r['failed'] for r in results)} failed" if results[0]["failed"] else ""
            lines.append([
                kind, name, common.spread(ratios(rows, name, kind, "floor"), "{:.2f}"),
                common.spread(ratios(rows, name, kind, best_peer), "{:.2f}") if best_peer else "-",
                common.spread([r["user_ns"] for r in results]),
                common.spread([r["system_ns"] for r in results]),
                common.spread([r["fair_qps"] for r in results], unit=1000), note.strip()])
    common.table(["kind", "server", "of the floor", f"to {best_peer}" if best_peer else "to a peer",
                  "user ns", "system ns", "kq/s", "note"], lines)


def latency(rows, args):
    lines = []
    for kind in args.kinds:
        if not kind.startswith("latency"):
            continue
        for (name, k), results in rows.items():
            if k == kind:
                lines.append([kind, name] + [common.spread([r[p] for r in results], "{:.1f}")
                                             for p in ("p50_us", "p99_us", "p999_us")] +
                             [sum(r["lost"] for r in results)])
    if lines:
        common.table([f"at {RATE} q/s", "server", "p50 us", "p99 us", "p99.9 us", "lost"], lines)


def fastest_peer(rows, servers):
    """The peer with the most answers, plain."""
    known = {s.name: statistics.median(r["fair_qps"] for r in rows[s.name, "plain"])
             for s in servers if isinstance(s, peers.Peer) and (s.name, "plain") in rows}
    return max(known, key=known.get) if known else None


def run_size(classes, sites, args, out):
    with common.folder() as folder:
        subnets = common.write_subnets(folder / "subnets.txt", common.Geo())
        servers = start_all(classes, folder, sites)
        try:
            memory = [(s, s.memory()) for s in servers]
            rows = run_rounds(servers, args, subnets, out)
        finally:
            for server in servers:
                server.stop()
    print(f"\n{sites:,} sites, {args.rounds} rounds; median (least..largest)\n")
    throughput(rows, args, fastest_peer(rows, servers))
    latency(rows, args)
    common.table(["server", "loaded in s", "MiB", "bytes a site"],
                 [[s.name, f"{s.loaded_s:.2f}", f"{m / 2**20:.0f}", f"{m / sites:.0f}"]
                  for s, m in memory])


def main(argv):
    parser = common.options(__doc__)
    common.add_rounds(parser)
    parser.add_argument("--sites", type=common.numbers, default="1000,100000,1000000",
                        help="how many sites there are, one size after the other")
    parser.add_argument("--kinds", type=common.some_of(KINDS), default=",".join(KINDS),
                        help="of load")
    peers.add_option(parser)
    parser.add_argument("--seconds", default=SECONDS, help="of load in a run")
    common.add_program(parser)
    common.add_json(parser)
    args = parser.parse_args(argv)
    common.build()
    print(common.machine())
    cnedge = type("Given", (common.Cnedge,), {"program": args.program})
    with open(args.json, "a") as out:
        for sites in args.sites:
            chosen = peers.choose(args.peers, sites)
            run_size([common.Floor, common.FloorTable, cnedge, *chosen], sites, args, out)
