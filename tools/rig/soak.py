# SPDX-License-Identifier: MIT
"""tools/bench soak: builds the program with sanitizers and lets a hostile crowd at it:
tests/integration/soak.py."""
import os
import subprocess
import sys

import common


def main(argv):
    parser = common.options(__doc__)
    parser.add_argument("--seconds", type=int, default=1800, help="at least so long")
    parser.add_argument("--packets", type=int, default=50000000, help="and so many at least")
    args = parser.parse_args(argv)
    print("building with sanitizers", file=sys.stderr)
    for step in (["cmake", "--preset", "asan"],
                 ["cmake", "--build", "--preset", "asan", "--target", "cnedge"]):
        subprocess.run(step, cwd=common.ROOT, check=True, stdout=subprocess.DEVNULL)
    binary = common.ROOT / "build" / "asan" / "cnedge"
    env = {**os.environ, "CNEDGE": str(binary), "CNEDGE_SOURCE": str(common.ROOT)}
    script = common.ROOT / "tests" / "integration" / "soak.py"
    bounds = ["--seconds", str(args.seconds), "--packets", str(args.packets)]
    sys.exit(subprocess.run(["/usr/bin/python3", "-B", script, *bounds], env=env,
                            check=False).returncode)
