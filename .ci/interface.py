"""Schemathesis sends the demonstration everything its description allows, and what it does not.

Usage: interface.py BILLBRIDGE-BINARY, with the PyPI package schemathesis importable.
"""

import json
import subprocess
import sys


def serving(billbridge):
    for line in billbridge.stdout:
        if line.startswith("{"):
            said = json.loads(line)
            if "serving" in said:
                return said
    sys.exit("billbridge ended without serving")


def main():
    command = [sys.argv[1], "--json", "demo", "--serve", "--listen", "127.0.0.1:0"]
    billbridge = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        said = serving(billbridge)
        tried = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "run", said["serving"] + "/api/openapi.json",
                "--header", "Authorization: Bearer " + said["token"],
                "--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--max-time", "240",
                # Rules that a description cannot state refuse well-formed requests too: a cursor of another list,
                # a key used before, a customer that is not there. They answer 400 or 422, as described.
                "--exclude-checks", "positive_data_acceptance",
                "--continue-on-failure", "--request-timeout", "60", "--no-shrink", "--seed", "1",
            ],
            check=False,
        )
    finally:
        billbridge.terminate()
        billbridge.wait()
    sys.exit(tried.returncode)


main()
