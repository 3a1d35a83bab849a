#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `cnedge explain` says about explain.json, byte for byte.

Usage: explain.py [--update]      environment: CNEDGE, CNEDGE_SOURCE

ROWS are its arguments; explain.txt has the answers. --update rewrites it, review the difference."""
import difflib
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
GOLDEN = SOURCE / "tests" / "golden" / "explain.txt"

ROWS = """
--from cn/shanghai/telecom www.shop.example
--from cn/shanghai/telecom www.shop.example. AAAA
--from cn/shanghai/telecom WWW.Shop.Example
--from home www.shop.example
--from office www.shop.example
--from v6 www.shop.example AAAA
--from 202.96.209.133 www.shop.example
--from 202.96.209.0/24 www.shop.example
--from 202.96.0.0/16 www.shop.example
--from 202.96.209.133/16 www.shop.example
--from 0.0.0.0/0 www.shop.example
--from ::ffff:202.96.209.133 www.shop.example
--from ::ffff:202.96.209.0/120 www.shop.example
--from cn/shanghai/telecon www.shop.example
--from hom www.shop.example
--from home www.shop.example aaaa
--from home d8.exämple
--from 8.8.8.8 www.shop.example
--from 2400:da00::666 www.shop.example AAAA
--from 192.0.2.1 www.shop.example
--from unknown www.shop.example
--from hk www.shop.example
--from de shop.example
--from de shop.example SOA
--from de shop.example NS
--from de shop.example ANY
--from de text.shop.example TXT
--from de www.shop.example TXT
--from home _why.www.shop.example TXT
--from home alias.shop.example
--from home alias.shop.example CNAME
--from home twice.shop.example AAAA
--from home abroad.shop.example
--from home abroad.shop.example CNAME
--from home broken.shop.example
--from home no.shop.example
--from home www.elsewhere.test
--from home .
--from home later.shop.example
--from home --at added-1ms later.shop.example
--from home --at added later.shop.example
--from home --at 2026-03-02T11:59:59+08:00 www.shop.example
--from home --at 2026-03-02T04:00:00Z www.shop.example
--from home --at suspended+30s www.shop.example
--from home --at audit www.shop.example
--from home --at +4h www.shop.example
--from home --at end www.shop.example
--from home --at gone www.gone.example
--from home --at gone+59m59s www.gone.example
--from home --at gone+1h www.gone.example
--from home --at gone+1h www.gone.example TXT
--from home --at gone+1h gone.example SOA
--from de --at to-origin+1h www.origin.example
--from home --at to-origin+1h www.origin.example AAAA
--from home --path www.shop.example
--from home --path --at forged www.shop.example
--from home --path --at forged www.shop.example AAAA
--from home --path --at forged www.shop.example TXT
--from de --path --at forged www.shop.example
--from abroad --path --at forged www.shop.example
--from located --path --at forged www.shop.example
--from home --path --at resets later.shop.example
--from home --path --at resets --port 80 later.shop.example
--from home --path --at resets+1m --first resets+30s later.shop.example
--from home --path --at resolvers www.shop.example
--from home --path --port 0 www.shop.example
--from home --port 80 www.shop.example
--operator --from home www.shop.example
--operator --from home --at suspended+30s www.shop.example
--operator --from home --at gone www.gone.example
--operator --from home no.shop.example
--operator --from home www.elsewhere.test
""".strip().split("\n")


def explain(arguments):
    command = [os.environ["CNEDGE"], "explain", "tests/golden/explain.json", *arguments.split()]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, timeout=60,
                          check=False)
    return f"$ explain {arguments}\n{done.stderr}{done.stdout}exit {done.returncode}\n\n"


def operator_view(site):
    """What the operator of a site sees a day into the scenario, without the site's own name."""
    command = [os.environ["CNEDGE"], "explain", "scenarios/revocation-unexplained.json", "--at",
               "+1d", "--operator", "--from", "jinan", f"www.{site}"]
    return subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, timeout=60,
                          check=True).stdout.replace(site, "SITE")


def same_to_the_operator():
    """Four causes, one view: nothing that the operator is not told shows through."""
    views = {operator_view(f"{name}.example") for name in ("red", "green", "blue", "white")}
    if len(views) != 1:
        sys.exit("the operator's view tells causes apart:\n" + "\n".join(views))


def main():
    update = sys.argv[1:] == ["--update"]
    if sys.argv[1:] and not update:
        sys.exit(__doc__)
    same_to_the_operator()
    got = "".join(map(explain, ROWS))
    if update:
        GOLDEN.write_text(got, encoding="utf-8")
    want = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
    sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), got.splitlines(True),
                                               str(GOLDEN), "got"))
    print(f"{len(ROWS)} questions, {'as' if got == want else 'not as'} in {GOLDEN.name}")
    sys.exit(0 if got == want else 1)


main()
