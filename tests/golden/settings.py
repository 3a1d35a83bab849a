#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every setting decides something that can be seen.

For each setting that `cnedge rules --json` lists, the table below has an alternative to its default
and a world in which the two differ: a shipped scenario, a small world made here, or a unit test
that sets it. Compared are the traces without their first record, or, with "explain", what `cnedge
explain` prints. The test fails when a setting has no line, when a line is about no setting, when
default and alternative give the same, and when one of FACTS C4's 26 choices has no setting.
Environment: CNEDGE, CNEDGE_SOURCE."""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CNEDGE = os.environ["CNEDGE"]
SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])

BASE = {
    "cnedge": 1, "name": "a small world", "start": "2026-03-02T09:00:00+08:00", "end": "+90d",
    "holders": [{"id": "acme", "province": "shanghai"}],
    "filings": [{"id": "f1", "holder": "acme"}],
    "sites": [{"domain": "shop.example", "filing": "f1", "hosts": ["www"]}],
    "clients": {"shanghai": "cn/shanghai/telecom"},
}


def event(at, do, **more):
    """One event; about the site unless it names something else."""
    about = {} if any(k in more for k in ("pop", "holder", "package")) else {"site": "shop.example"}
    return {"at": at, "do": do, **about, **more}


def world(*events, choices=None, holder=None, filing=None, site=None, **more):
    """The small world, changed."""
    out = copy.deepcopy(BASE)
    out["holders"][0].update(holder or {})
    out["filings"][0].update(filing or {"number": "沪ICP备00000001号-1"})
    out["sites"][0].update(site or {})
    out.update(copy.deepcopy(more))
    out["choices"] = dict(choices or {})
    out["events"] = list(events)
    return out


def hosts(*names, state="NOT_READY"):
    return [{"name": n, "provisioning": state} for n in names]


def draft(**registration):
    """A site that is about to be filed for the first time."""
    return {"vetting": "NOT_SUBMITTED", "resolution": "closed", "hosts": hosts("www"),
            "registration": {"real_name_since": "2020-01-01T00:00:00Z", **registration}}


def pop(name, country, lat, lon, n, **more):
    return {"id": name, "country": country, "lat": lat, "lon": lon, **more,
            "v4": [f"198.18.{n}.{i}" for i in range(1, 5)],
            "v6": [f"2001:db8:{n}::{i}" for i in range(1, 5)]}


# Two PoPs in one place, and PoPs with four addresses.
OWN = {
    "pops": [pop("sha", "cn", 31.2, 121.5, 1, province="shanghai", carriers=["telecom"]),
             pop("z", "hk", 22.3, 114.2, 2), pop("y", "hk", 22.3, 114.2, 3)],
    "lines": [{"name": "cn/shanghai/telecom", "lat": 31.2, "lon": 121.5},
              {"name": "us", "lat": 39.8, "lon": -98.6}],
    "prefixes": [{"prefix": "198.51.100.0/24", "line": "us", "anycast": True}],
    "default_line": "cn/shanghai/telecom",
}
MANY = {"hosts": [f"h{i}" for i in range(8)]}
PACKAGE = [{"id": "p", "mbps": 10, "state": "NONE"}]
PAID = {"needs_commercial": True}
OPENING = world(event("+1d", "bureau_pass"), event("+20d", "open_resolution"),
                filing={"state": "BUREAU_REVIEW"},
                site={"resolution": "closed", "hosts": hosts("www"), "vetting": "NOT_SUBMITTED"})
DRAWN = {"reviews": "drawn"}
EXPLAIN = ("explain", [("+1h", "cn/shanghai/telecom", "www.shop.example", "--path")])
ALIAS = ("explain", [("+1h", "cn/shanghai/telecom", "www.shop.example", "CNAME")])
ADDRESSES = ("explain", [("+1h", "cn/shanghai/telecom", f"h{i}.shop.example") for i in range(8)])
ANYCAST = ("explain", [("+1h", "198.51.100.1", "www.shop.example")])
POISONED = world(event("+1m", "poison", share_permille=1000, site="shop.example"))
REVOKED = world(event("+1m", "revoke_site"))
MESSAGES = "tests/dns/test_responder_choices.c"
SERIALS = "tests/model/test_choices.c"

# setting, alternative, world (a scenario's name, a small world, a unit test), what is compared
DAMPED = world(event("+1m", "pop_down", pop="sha"), event("+10m", "pop_up", pop="sha"),
               {"at": "+20m", "do": "border_congested"}, choices={"health": "gdnsd"})
ROWS = [
    ("profile", "seed", "drill-22-certificate-lapses"),
    ("revocation_policy", "suspend", "policy-unmap-shared"),
    ("coverage", "domestic", "coverage-global"),
    ("nearest_metric", "great_circle", "carrier-tunnel-one-data-centre"),
    ("near_first", False, world(event("+1m", "revoke_site"),
                                clients={"urumqi": "cn/xinjiang/telecom"},
                                choices={"nearest_metric": "great_circle"})),
    ("line_failover", False, "history-2022-01-12-telecom-backbone"),
    ("degraded_usable", False, world(event("+1m", "pop_degrade", pop="sha"))),
    ("health", "gdnsd", world(event("+1m", "pop_down", pop="sha"))),
    ("health_interval_s", 60, DAMPED),
    ("health_down_after", 3, DAMPED),
    ("health_forgive_after", 1, "health-flapping-pop"),
    ("health_up_after", 2, DAMPED),
    ("health_cold_start", "up", "health-cold-start"),
    ("health_probes_from", "mainland", DAMPED),
    ("health_fail_pct", 51, world({"at": "+1m", "do": "border_congested"},
                                  choices={"health": "gtm"})),
    ("health_pool_pct", 51, world({"at": "+1m", "do": "family_down", "family": "v6"},
                                  choices={"health": "gdnsd"})),
    ("ttl_mainland_s", 86400, "drill-13-ttl-lowered-before"),
    ("ttl_outside_s", 86400, REVOKED),
    ("ttl_failover_s", 86400, REVOKED),
    ("ttl_negative_s", 7, world(site={"resolution": "closed"})),
    ("ttl_settle", "0s", "drill-01-revoke-site"),
    ("observe_delay", "10m", REVOKED),
    ("sync_delay", "0s", "drill-42-replay-twice"),
    ("provisioning_delay", "0s", "drill-42-replay-twice"),
    ("sms_window", "0s", "rules-change-2020-08"),
    ("sms_tries", 1, world(event("+1m", "sms_wrong"), event("+2m", "sms_wrong"),
                           event("+3m", "sms_ok"), filing={"state": "SMS_PENDING"}, site=draft())),
    ("audit_deadline", "0s", "drill-21-domain-lapses"),
    ("shell_delay", "0s", "drill-20-failover-loop"),
    ("shell_cleanup", "0s", "drill-20-failover-loop"),
    ("unknown_grace", "0s", "drill-39-status-flapping"),
    ("blacklist_min_listed", "0s", "drill-33-proxy-violates"),
    ("realname_age", "0s", "apply-step-by-step"),
    ("domain_term", "400d", world(event("+1m", "filing_submit"), filing={"state": "DRAFT"},
                                  site=draft(expires="2026-12-01T00:00:00Z"))),
    ("resource_term", "400d", world(event("+1m", "filing_submit"), filing={"state": "DRAFT"},
                                    site={**draft(),
                                          "mainland_resource_until": "2026-12-01T00:00:00Z"})),
    ("reviews", "drawn", "rules-change-2020-08"),
    ("provider_review", "0s", "drill-32-return-with-drawn-reviews"),
    ("sms_confirmation", "0s", "drill-32-return-with-drawn-reviews"),
    ("bureau_review", "0s", "drill-32-return-with-drawn-reviews"),
    ("vetting_review", "0s", "drill-19-content-change-audit"),
    ("commercial_review", "1d", world(event("+1m", "commercial_apply", holder="acme"), site=PAID,
                                      choices=DRAWN)),
    ("commercial_validity", "10d", world(event("+1m", "commercial_issue", holder="acme"),
                                         holder={"commercial": "APPLYING"}, site=PAID)),
    ("commercial_bar", "0s", "drill-23-annual-report-missed"),
    ("annual_report", "missed", world(holder={"commercial": "REPORT_DUE"}, site=PAID)),
    ("commercial_loss", "ignored", "drill-23-annual-report-missed"),
    ("lapsed_domain", "refused", "drill-21-domain-lapses"),
    ("psb_clock", "icp_approval", OPENING),
    ("psb_deadline", "5d", OPENING),
    ("psb_review", "1d", world(event("+1m", "psb_submit"), site={"psb": "DUE"}, choices=DRAWN)),
    ("psb_affects_routing", True, world(event("+1m", "psb_penalise"), site={"psb": "WARNED"})),
    ("rereview_on_content", False, "drill-19-content-change-audit"),
    ("rereview_on_change", False, world(event("+1m", "filing_change"),
                                        event("+1h", "filing_change_done"),
                                        event("+2h", "vetting_reject"))),
    ("approved_registrars", [], "apply-step-by-step"),
    ("registry_registrars", [], world(event("+1m", "filing_submit"), filing={"state": "DRAFT"},
                                      site=draft(registrar_name="gandi"),
                                      rules={"registrar_authority": "cnnic"})),
    ("sensitive_words", [], "apply-step-by-step"),
    ("partner_batches", 1000, "drill-02-revoke-subject"),
    ("batch_interval", "0s", "drill-02-revoke-subject"),
    ("publish_delay", "10m", REVOKED),
    ("outage_detection", "10m", "partner-contract-ends"),
    ("outage_authority", "operator", "partner-contract-ends"),
    ("overseas_audit", True, world(event("+1m", "partner_suspend"))),
    ("overseas_tolerance", "0s", "drill-20-failover-loop"),
    ("cascade_delay", "10m", "drill-33-proxy-violates"),
    ("violation_bars", True, world(event("+1m", "violate", holder="acme"),
                                   event("+1h", "filing_refile"))),
    ("path_min_listed", "0s", "drill-25-poisoned-gradually"),
    ("province_min_listed", "400d", "drill-27-province-firewall"),
    ("path_clearing", "0s", "jsdelivr-2019-2022"),
    ("bogus_tail", "0s", "history-2014-01-21-bogus-dns"),
    ("ns_ttl_s", 43200, "drill-37-delegation-hijack"),
    ("forged_pool", "realistic", POISONED,
     ("explain", [("+1h", "cn/shanghai/telecom", "www.shop.example", "AAAA", "--path")])),
    ("forged_pool_size", 1, POISONED, EXPLAIN),
    ("forged_ttl_s", 7, POISONED, EXPLAIN),
    ("v6_failover", "near", "drill-14-v6-outage-keep"),
    ("address_block_scope", "everyone", "drill-24-shared-address-blocked"),
    ("address_block_min", "0s", "drill-24-shared-address-blocked"),
    ("address_blackhole_min", "400d", "drill-24-shared-address-blocked"),
    ("dns_mode", "in_china", "drill-38-global-dns-the-same-outage"),
    ("partner_dns_failure", "servfail", "drill-38-in-china-dns-outage"),
    ("return_cooldown", "0s", "drill-39-status-flapping"),
    ("return_steps", 4, "drill-39-status-flapping"),
    ("return_interval", "1h", world(event("+1m", "partner_suspend"), event("+1h", "partner_resume"),
                                    choices={"return_steps": 4, "return_cooldown": "2h"})),
    ("answer_addresses", 1, world(site=MANY, world=OWN), ADDRESSES),
    ("address_rotation", "hashed", world(site=MANY, world=OWN), ADDRESSES),
    ("package_create_delay", "1h", world(event("+1m", "package_create", package="p"),
                                         packages=PACKAGE)),
    ("package_upgrade_delay", "1h", world(event("+1m", "package_create", package="p"),
                                          event("+1d", "package_upgrade", package="p", mbps=20),
                                          packages=PACKAGE)),
    ("package_term", "0s", "drill-35-package-expires-at-peak"),
    ("package_release_delay", "0s", "drill-35-package-expires-at-peak"),
    ("temp_upgrade_min", "0s", "drill-36-downgrade-in-the-wrong-portal"),
    ("attack_switch_back", "0s", "hk-entry-editions-and-attack"),
    ("peak_from", "12h", "drill-35-package-expires-at-peak"),
    ("peak_until", "22h", "drill-35-package-expires-at-peak"),
    ("border_loss_permille", 0, "cloudflare-no-line-partner-has"),
    ("border_peak_loss_permille", 0, "carrier-tunnel-one-data-centre"),
    ("near_peak_loss_permille", 16, "drill-35-package-expires-at-peak"),
    ("hk_peak_loss_permille", 0, "hk-entry-editions-and-attack"),
    ("border_peak_us", 15000, "drill-35-package-expires-at-peak"),
    ("private_loss_permille", 0, "cloudflare-no-line-partner-has"),
    ("private_border_us", 0, "cloudflare-no-line-partner-has"),
    ("spill", "by_capacity", "drill-04-suspend-everyone"),
    ("ttl_spill_s", 59, "drill-10-hkg-saturated"),
    ("tie_break", "order", world(event("+1m", "revoke_site"), world=OWN)),
    ("mainland_failover", "nearest", world(event("+1m", "pop_down", pop="sha"))),
    ("mainland_for_outside", "last_resort",
     world(event("+1m", "pop_down", pop="z"), event("+2m", "pop_down", pop="y"), world=OWN,
           clients={"abroad": "us"})),
    ("unknown_clients", "mainland", world(clients={"somewhere": "unknown"})),
    ("anycast_resolvers", "unknown", world(world=OWN), ANYCAST),
    ("unknown_subnet", "source", MESSAGES),
    ("ecs_min_v4_bits", 25, MESSAGES),
    ("ecs_min_v6_bits", 57, MESSAGES),
    ("ecs_scope", "as_sent", MESSAGES),
    ("ede", "all", REVOKED, EXPLAIN),
    ("ede_text", False, world(event("+1m", "revoke_site"), choices={"ede": "all"}), EXPLAIN),
    ("soa_serial", "constant", SERIALS),
    ("admin_force", "obeyed", world(event("+1m", "revoke_site"), event("+1h", "force_mainland"))),
    ("setup", "partial", world(), ALIAS),
    ("cdn_zone", "cdn.example.test", world(choices={"setup": "partial"}), ALIAS),
    ("ttl_cname_s", 7, world(choices={"setup": "partial"}), ALIAS),
    ("approved_tlds", ["cn"], world(event("+1m", "filing_submit"), filing={"state": "DRAFT"},
                                    site=draft())),
]


class Useless(Exception):
    """A line of the table that shows nothing."""


def run(*args, codes=(0, 1)):
    done = subprocess.run([CNEDGE, *args], capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise Useless(f"cnedge {' '.join(args)}: exit {done.returncode}\n"
                      f"{done.stdout}{done.stderr}")
    return done.stdout


def seen(scenario, how, folder):
    """What can be seen of a scenario."""
    file = folder / "scenario.json"
    file.write_text(json.dumps(scenario))
    if how is None:
        trace = folder / "trace.jsonl"
        trace.unlink(missing_ok=True)
        run("replay", "--trace", str(trace), str(file))
        records = [json.loads(line) for line in trace.read_text().splitlines()]
        return [r for r in records if r["record"] != "run"]
    return [run("explain", str(file), "--at", at, "--from", line, *rest)
            for at, line, *rest in how[1]]


def differs(name, alternative, where, how, folder):
    if isinstance(where, str) and where.startswith("tests/"):
        text = (SOURCE / where).read_text()
        if f"{name}=" not in text or f'"C4.' not in text:
            raise Useless(f"{where} does not set it")
        return
    if isinstance(where, str):
        where = json.loads((SOURCE / "scenarios" / f"{where}.json").read_text())
    other = copy.deepcopy(where)
    choices = other.setdefault("choices", {})
    if choices.get(name) == alternative:
        raise Useless("the alternative is what the world has")
    choices[name] = alternative
    if seen(where, how, folder) == seen(other, how, folder):
        raise Useless(f"{json.dumps(alternative)} changes nothing")


def main():
    rules = json.loads(run("rules", "--json"))
    settings = {s["name"]: s for s in rules["settings"]}
    problems = [f"choice {d['number']}: has no setting" for d in rules["declared"]
                if not d["settings"]]
    if len(rules["declared"]) != 26:
        problems.append(f"{len(rules['declared'])} declared choices, not 26")
    rows = {name: (alternative, where, how[0] if how else None)
            for name, alternative, where, *how in ROWS}
    problems += [f"{name}: has no line in the table" for name in settings if name not in rows]
    problems += [f"{name}: is no setting" for name in rows if name not in settings]
    with tempfile.TemporaryDirectory() as folder:
        for name, (alternative, where, how) in rows.items():
            try:
                differs(name, alternative, where, how, pathlib.Path(folder))
            except Useless as e:
                problems.append(f"{name}: {e}")
    for p in problems:
        print(p)
    print(f"{len(settings)} settings, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
