#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A machine lives in Shanghai: resolv.conf names a resolver listener, and curl goes where that
leads, before a revocation and after. The PoPs' addresses are on the machine's loopback interface,
and one web server tells by which it was reached."""
from _house import enter, move_in, serve_pages, text_of
from _lib import Checks, Server, ask, need, query, run, scenario, wait_for

WWW = "www.shop.example"
check = Checks()


def curl(url):
    return run(need("curl"), "-sS", "--max-time", "10", "--noproxy", "*", url)


def check_curl():
    doc = scenario(choices={"observe_delay": "0s", "ttl_mainland_s": 2, "ttl_failover_s": 2},
                   events=[{"at": "+10m", "do": "revoke_site", "site": "shop.example"}])
    listen = ("127.0.0.2:53=cn/shanghai/telecom,resolver=honest",
              "127.0.0.1:0=cn/shanghai/telecom")
    with Server("--from", "+9m56s", doc=doc, listen=listen) as server:
        old = ask(server.listening[1], query(WWW)).addresses
        for address in old:
            move_in(address)
        check.true("curl reaches the PoP in the mainland",
                   curl(f"http://{WWW}/") in [text_of(a, WWW) for a in old])
        check.true("by an alias too", curl("http://cdn.shop.example/") in
                   [text_of(a, "cdn.shop.example") for a in old])
        check.match("nobody knows other names", curl("http://www.elsewhere.test/"),
                    "Could not resolve host")
        check.match("nor deleted ones", curl("http://no.shop.example/"), "Could not resolve host")
        check.true("the revocation", wait_for(
            lambda: ask(server.listening[1], query(WWW)).addresses != old))
        new = ask(server.listening[1], query(WWW)).addresses
        for address in new:
            move_in(address)
        wanted = [text_of(a, WWW) for a in new]
        check.true("and curl goes abroad", wait_for(lambda: curl(f"http://{WWW}/") in wanted))


enter("curl")
serve_pages(80)
check_curl()
check.finish()
