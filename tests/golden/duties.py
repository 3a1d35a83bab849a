#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cnedge check --duties` says per site what FACTS A3, A5 and G ask for, by date. Environment:
CNEDGE."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# An ordinary site over two changes of the footer's host, one in Guangdong, a domain under an app's
# filing, one whose filing never comes into force, one that is approved but not synchronised, one
# whose names do not resolve; and two apps, one filed in time, one not at all.
SCENARIO = {
    "cnedge": 1, "name": "duties", "start": "2019-05-30T09:00:00+08:00", "end": "+500d",
    "holders": [{"id": "sh", "province": "shanghai"}, {"id": "gd", "province": "guangdong"},
                {"id": "bj", "province": "beijing", "commercial": "ISSUED",
                 "commercial_number": "京ICP证030173号-1",
                 "commercial_until": "2020-07-01T00:00:00+08:00",
                 "certificate_until": "2019-08-01T00:00:00+08:00"}],
    "filings": [
        {"id": "f1", "holder": "sh", "number": "沪ICP备12345678号-1"},
        {"id": "f2", "holder": "gd", "number": "粤ICP备2021123456号-7"},
        {"id": "f3", "kind": "app", "holder": "sh", "number": "沪ICP备12345678号-2A"},
        {"id": "f4", "holder": "sh", "state": "DRAFT"},
        {"id": "f5", "holder": "gd", "number": "粤ICP备2021123456号-8",
         "state": "APPROVED_UNSYNCED"},
        {"id": "f6", "holder": "sh", "number": "沪ICP备12345678号-6"},
        {"id": "f7", "holder": "bj", "number": "京ICP备12345678号-1"},
        {"id": "late", "kind": "app", "holder": "gd", "state": "DRAFT"}],
    "sites": [{"domain": f"s{i}.example", "filing": f"f{i}", "hosts": ["www"],
               "resolution": "closed" if i == 6 else "open",
               "vetting": "NOT_SUBMITTED"} for i in range(1, 7)] + [
        {"domain": "s7.example", "filing": "f7", "hosts": ["www"], "needs_commercial": True,
         "psb_number": "京公网安备 11010202009201号",
         "registration": {"expires": "2019-09-01T00:00:00+08:00"}}],
    "choices": {"sync_delay": "200d"},
    "expect": [{"at": "start", "site": "s1.example", "filing": "ACTIVE"}],
}

SOURCES = "    sources: FACTS A3 D AL4 HW1; A5 D HW1 AL2; G\n"
APPS = "    sources: FACTS A3 D AL4 HW1; A5 D HW1 AL2; G; R ecns 2023-08-10\n"
RENEW = ("    renew the domain's registration before 2019-09-01, "
         "or the name stops resolving and an audit begins\n"
         "    renew the certificate of holder bj before 2019-08-01, "
         "or audits begin that ask for a change order\n")
OPENED = "(30 days from the site's opening)"
LINKS = """    from 2019-05-30 link it to www.miitbeian.gov.cn
    from 2019-06-01 link it to www.beian.miit.gov.cn
    from 2020-08-01 link it to beian.miit.gov.cn
"""
PSB = ("    file with the public security bureau at www.beian.gov.cn until 2019-06-29 "
       "(30 days from the site's opening)\n")
WANT = f"""s1.example: filing in force from 2019-05-30
    show 沪ICP备12345678号-1 on the footer of every page
{LINKS}{PSB}{SOURCES}s2.example: filing in force from 2019-05-30
    show 粤ICP备2021123456号 (the subject's number, as Guangdong asks) on the footer of every page
{LINKS}{PSB}{SOURCES}s3.example: filing in force from 2019-05-30
    show 沪ICP备12345678号-2A on the app's settings page
{LINKS}{PSB}{SOURCES}s5.example: filing in force from 2019-12-16
    show 粤ICP备2021123456号 (the subject's number, as Guangdong asks) on the footer of every page
    from 2019-12-16 link it to www.beian.miit.gov.cn
    from 2020-08-01 link it to beian.miit.gov.cn
    file with the public security bureau at www.beian.gov.cn until 2020-01-15 {OPENED}
{SOURCES}s6.example: filing in force from 2019-05-30
    show 沪ICP备12345678号-6 on the footer of every page
{LINKS}    file with the public security bureau once its names resolve (setting psb_clock)
{SOURCES}s7.example: filing in force from 2019-05-30
    show 京ICP备12345678号-1 on the footer of every page
{LINKS}    show 京公网安备 11010202009201号 beside it, linked to www.beian.gov.cn
    show 京ICP证030173号-1 of the commercial licence beside it
    have a new commercial licence before 2020-07-01
{RENEW}{SOURCES}app f3: filing in force from 2019-05-30
    an app has to be filed before 2024-04-01 (rule app_filing)
    show 沪ICP备12345678号-2A on the app's settings page
{LINKS}{APPS}app late: filing not in force
    an app has to be filed before 2024-04-01 (rule app_filing)
{APPS}"""


def duties(document):
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory, "duties.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run([os.environ["CNEDGE"], "check", "--duties", str(file)], check=True,
                              capture_output=True, text=True, encoding="utf-8")
        return done.stdout.rsplit(str(file), 1)[0]


def main():
    problems = []
    if duties(SCENARIO) != WANT:
        problems.append(f"expected:\n{WANT}got:\n{duties(SCENARIO)}")
    fixed = duties({**SCENARIO, "rules": {"footer_host": "footer.example",
                                          "psb_host": "psb.example"}})
    if fixed.count("link it to footer.example") != 7 or fixed.count("at psb.example") != 4:
        problems.append(f"expected the fixed hosts, got:\n{fixed}")
    choices = {**SCENARIO["choices"], "psb_clock": "icp_approval", "psb_deadline": "20d"}
    clock = duties({**SCENARIO, "choices": choices})
    for line in ("until 2019-06-19 (20 days from the ICP approval)\n",):
        if clock.count(line) != 5: # all that are approved at the start, opened or not
            problems.append(f"expected {line!r} five times, got:\n{clock}")
    all_apps = duties({**SCENARIO, "rules": {"app_filing": "all"}})
    if ("app late: filing not in force\n    an app has to be filed in any case (rule app_filing): "
            "it is not\n") not in all_apps:
        problems.append(f"expected the app to be late, got:\n{all_apps}")
    none = duties({**SCENARIO, "rules": {"app_filing": "none"}})
    if "has to be filed" in none:
        problems.append(f"expected no app's duty, got:\n{none}")
    for problem in problems:
        print(problem)
    print(f"7 sites, 2 apps, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
