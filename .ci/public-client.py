"""A client that we did not write talks to the Crayon simulator: it follows the contract, not our connector.

Usage: public-client.py SIMULATORS-BINARY, with the PyPI package crayon-cloudiq-sdk importable.
"""

import json
import subprocess
import sys

from cloudiq import CloudIQ


def promise(holds, text):
    print(f"  {'ok' if holds else 'FAILED'}  {text}")
    return holds


def talk(crayon):
    client = CloudIQ(crayon["client_id"], crayon["client_secret"], crayon["username"], crayon["password"])
    client.baseURL = crayon["url"] + "/api/v1"
    organisation = crayon["organisations"][0]
    token = client.getToken()
    tenants = client.getCustomerTenants(organisation).json()
    pages, page, total = [], 1, None
    while total is None or len(pages) < total:
        answer = client.get(
            client.baseURL + "/subscriptions",
            params={"organizationId": organisation, "statuses": 511, "page": page, "pageSize": 100},
        ).json()
        if not answer["Items"]:
            break
        pages += answer["Items"]
        total, page = answer["TotalHits"], page + 1
    one = client.get(f"{client.baseURL}/subscriptions/{pages[0]['Id']}").json()
    return all(
        [
            promise(token["TokenType"] == "Bearer", "signs in with the password grant"),
            promise(len(tenants["Items"]) > 0, "lists customer tenants"),
            promise(len({row["Id"] for row in pages}) == total, f"pages through {total} subscriptions, each once"),
            promise(one["Id"] == pages[0]["Id"] and "Quantity" in one, "reads one subscription's details"),
        ]
    )


def main():
    simulators = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
    try:
        kept = talk(json.loads(simulators.stdout.readline())["crayon"])
    finally:
        simulators.terminate()
        simulators.wait()
    sys.exit(0 if kept else 1)


main()
