"""What `sam build` and `sam package` do, for an emulated cloud: zips of the functions, and a plain template.

    package.py TEMPLATE BINARIES OUT --bucket NAME

BINARIES is the folder with the functions' binaries. Into OUT go `<binary>.zip` for every function, holding it as
`bootstrap`, and `template.json`: TEMPLATE after the official serverless transform. Three things are not as AWS takes
them, because the emulator cannot (local/e2e/README.md has the evidence): the routes in an HTTP API's OpenAPI `Body`
become resources of their own, a `Ref` to a secret is written as the attribute with the same value, and the types in
LEFT_OUT are not deployed. What was left out is printed.
"""

import argparse
import json
import os
import pathlib
import zipfile

# The transform asks for one even though it calls nobody.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

# Resource types that the emulator does not know, and that no story needs.
LEFT_OUT = ()

FUNCTION = "AWS::Serverless::Function"
ANY = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"


class NoManagedPolicies:
    """The template brings its own policies: none of AWS's is looked up."""

    def load(self):
        return {}


def package(template, binaries, out, bucket):
    """Zips every function and says in the template where it is, as `sam package` does."""
    for name, resource in template["Resources"].items():
        if resource["Type"] != FUNCTION:
            continue
        binary = resource["Metadata"]["BuildProperties"]["Binary"]
        # Stored, not deflated: nothing here travels far.
        with zipfile.ZipFile(out / f"{binary}.zip", "w", zipfile.ZIP_STORED) as archive:
            # A fixed date: the same binary is the same archive.
            entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, (binaries / binary).read_bytes())
        resource["Properties"]["CodeUri"] = f"s3://{bucket}/{binary}.zip"
        print(f"packaged {name}: {binary}.zip")


def routes(name, api):
    """The Integration and Route resources that say what the API's OpenAPI document says."""
    document = api["Properties"].pop("Body")
    api["Properties"].update(Name=document["info"]["title"], ProtocolType="HTTP")
    found = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            verb = "ANY" if method == ANY else method.upper()
            number = len(found) // 2 + 1
            integration, route = f"{name}Integration{number}", f"{name}Route{number}"
            said = operation[INTEGRATION]
            found[integration] = {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "ApiId": {"Ref": name},
                    "IntegrationType": said["type"].upper(),
                    "IntegrationMethod": said["httpMethod"],
                    "IntegrationUri": said["uri"],
                    "PayloadFormatVersion": said["payloadFormatVersion"],
                },
            }
            found[route] = {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": name},
                    "RouteKey": "$default" if path == "$default" else f"{verb} {path}",
                    "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
                },
            }
    return found


def with_arns(value, secrets):
    """The same value; what refers to one of these secrets names the attribute that holds its ARN."""
    if isinstance(value, list):
        return [with_arns(one, secrets) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"} and value["Ref"] in secrets:
        return {"Fn::GetAtt": [value["Ref"], "Id"]}
    return {key: with_arns(one, secrets) for key, one in value.items()}


def plain(template):
    """The template as the emulator can deploy it."""
    result = transform(template, {}, NoManagedPolicies())
    resources = result["Resources"]
    for name in [name for name, one in resources.items() if one["Type"] in LEFT_OUT]:
        print(f"left out {name}: {resources.pop(name)['Type']}")
    for name, resource in list(resources.items()):
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            resources.update(routes(name, resource))
    secrets = {name for name, one in resources.items() if one["Type"] == "AWS::SecretsManager::Secret"}
    return with_arns(result, secrets)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("template", type=pathlib.Path)
    words.add_argument("binaries", type=pathlib.Path)
    words.add_argument("out", type=pathlib.Path)
    words.add_argument("--bucket", required=True)
    asked = words.parse_args()
    template = yaml_parse(asked.template.read_text())
    package(template, asked.binaries, asked.out, asked.bucket)
    (asked.out / "template.json").write_text(json.dumps(plain(template), indent=1))


main()
