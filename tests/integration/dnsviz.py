#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""DNSViz looks for faults of authoritative servers: it compares servers, transports, EDNS options,
both sides of delegations, NXDOMAIN and NODATA. It finds no error and nothing to warn of in a plain
site, in a zone with all kinds of content and a delegated zone below it, and in partial set-up. That
it would is shown by delegations that differ from their zones. It follows delegations to port 53
only, and wants no loopback addresses, so all of this happens in namespaces of its own."""
import json
import subprocess

from _house import enter, move_in
from _lib import Checks, Server, need, scenario

NAMESERVERS = {"ns1.shop.example": "192.0.2.1", "ns2.shop.example": "192.0.2.2"}
GLUE = ["ns1 A 192.0.2.1", "ns2 A 192.0.2.2"]
LAB = {"ns1.lab.shop.example": "192.0.2.3", "ns2.lab.shop.example": "192.0.2.4"}
LAB_GLUE = ["ns1 A 192.0.2.3", "ns2 A 192.0.2.4"]
CDN = "cdn.cloudflarecn.net"
ZONE = ["@ MX 10 mail", "mail A 192.0.2.25", "mail AAAA 2001:db8::25", "*.dev A 192.0.2.80",
        "www HTTPS 1 . alpn=h2 ipv4hint=auto ipv6hint=auto", '@ TXT "v=spf1 -all"',
        '@ CAA 0 issue "ca.test"', "_sip._tcp SRV 1 1 5060 mail", "blog CNAME www",
        "old DNAME new", "a.new A 192.0.2.81", "x.ent A 192.0.2.4",
        "strange TYPE65300 \\# 4 01020304", "lab NS ns1.lab", "lab NS ns2.lab",
        "ns1.lab A 192.0.2.3", "ns2.lab A 192.0.2.4", *GLUE]
check = Checks()


def serve(nameservers, addresses=None, **site):
    """A server for one site, on every address of its nameservers."""
    doc = scenario(events=[], nameservers=list(nameservers))
    doc["sites"] = [{"domain": "shop.example", "filing": "f1", "hosts": ["@", "www"], **site}]
    return Server("--public", "--at", "+1m", doc=doc,
                  listen=[f"{a}:53" for a in addresses or nameservers.values()])


def examine(zones, names):
    """What DNSViz finds: the text of its errors and warnings. The zones are those that no server
    here delegates, with the nameservers that their delegations would name."""
    args = [need("dnsviz"), "probe", "-A", "-E", "-n"]
    for apex, nameservers in zones.items():
        args += ["-N", f"{apex}:" + ",".join(f"{n}={a}" for n, a in nameservers.items())]
    probe = subprocess.run([*args, *names], capture_output=True, check=False, timeout=240)
    asked = json.loads(probe.stdout or "{}")
    missing = [n for n in names if not asked.get(f"{n}.", {}).get("queries")]
    check.equal(f"names that were not examined: {probe.stderr.decode()[-500:]}", missing, [])
    grok = subprocess.run([need("dnsviz"), "grok", "-l", "warning"], input=probe.stdout,
                          capture_output=True, check=False, timeout=60)
    check.equal(f"dnsviz grok: {grok.stderr.decode()[-500:]}", grok.returncode, 0)
    return grok.stdout.decode().strip()


def check_plain():
    with serve(NAMESERVERS, zone=GLUE):
        found = examine({"shop.example": NAMESERVERS},
                        ["shop.example", "www.shop.example", "no.shop.example"])
        check.equal("a site without content of its own", found, "")
        other = {"ns1.shop.example": "192.0.2.1", "ns9.shop.example": "192.0.2.2"}
        found = examine({"shop.example": other}, ["shop.example"])
        check.match("DNSViz sees another delegation", found, "NS_NAME_NOT_IN_(PARENT|CHILD)")


def check_content():
    below = ["lab", "www.lab", "no.lab"]
    names = ["www", "mail", "x.dev", "no", "blog", "_sip._tcp", "a.old", "ent", "strange", *below]
    with serve(NAMESERVERS, zone=ZONE):
        with serve(LAB, domain="lab.shop.example", zone=LAB_GLUE):
            found = examine({"shop.example": NAMESERVERS},
                            ["shop.example", *[f"{n}.shop.example" for n in names]])
            check.equal("a zone with content and a delegation", found, "")
        with serve({"ns1.lab.shop.example": "", "ns9.lab.shop.example": ""}, LAB.values(),
                   domain="lab.shop.example", zone=[LAB_GLUE[0], "ns9 A 192.0.2.4"]):
            found = examine({"shop.example": NAMESERVERS}, ["lab.shop.example"])
            check.match("DNSViz sees a zone that differs from our delegation", found,
                        "NS_NAME_NOT_IN_(PARENT|CHILD)")


def check_partial():
    with serve(NAMESERVERS, setup="partial", hosts=["www"], zone=GLUE):
        found = examine({"shop.example": NAMESERVERS, CDN: NAMESERVERS},
                        ["shop.example", "www.shop.example", CDN, f"www.shop.example.{CDN}",
                         f"no.shop.example.{CDN}"])
        check.equal("partial set-up", found, "")


enter("dnsviz")
for own in (NAMESERVERS, LAB):
    for address in own.values():
        move_in(address)
check_plain()
check_content()
check_partial()
check.finish()
