# SPDX-License-Identifier: MIT
"""tools/bench soak: builds the program with sanitizers and lets a hostile crowd at it, by default
for half an hour and 50 million packets: tests/integration/soak.py."""
import os
import subprocess
import sys

import common


def main(args):
    for step in (["cmake", "--preset", "asan"],
                 ["cmake", "--build", "--preset", "asan", "--target", "cnedge"]):
        subprocess.run(step, cwd=common.ROOT, check=True, stdout=subprocess.DEVNULL)
    binary = common.ROOT / "build" / "asan" / "cnedge"
    env = {**os.environ, "CNEDGE": str(binary), "CNEDGE_SOURCE": str(common.ROOT)}
    script = common.ROOT / "tests" / "integration" / "soak.py"
    args = args or ["--seconds", "1800", "--packets", "50000000"]
    sys.exit(subprocess.run(["/usr/bin/python3", "-B", script, *args], env=env,
                            check=False).returncode)
