"""Prints template.yaml as the CloudFormation that AWS makes of it, by AWS's own translator and without AWS.

Linting this finds what the template's short forms hide: a reference to something that is not there.
"""
import json

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """None is named in the template: it would have to be asked for."""

    def load(self):
        return {}


with open("template.yaml", encoding="utf-8") as text:
    template = yaml_parse(text)
# Nothing is uploaded, and the translator wants to see that it was.
template["Globals"]["Function"]["CodeUri"] = "s3://nowhere/function.zip"
# With tracing: without it the translator leaves out what would be made.
template["Parameters"]["Tracing"].update(Default="Active", AllowedValues=["Active"])
defaults = {name: one["Default"] for name, one in template["Parameters"].items() if "Default" in one}
print(json.dumps(transform(template, defaults, NoManagedPolicies()), indent=2))
