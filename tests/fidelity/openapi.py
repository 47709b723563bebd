#!/usr/bin/env python3
"""Prints the required fields of Mastodon's responses in the login, and their types.

The argument is the path of an OpenAPI 3.1 description of Mastodon's API (schema.json of
abraham/mastodon-openapi). The output is the table that the tests compare the fake with:

    python3 tests/fidelity/openapi.py schema.json > tests/fidelity/openapi.txt
"""

import json
import sys

RESPONSES = [
    ("POST", "/api/v1/apps"),
    ("POST", "/oauth/token"),
    ("GET", "/api/v1/accounts/verify_credentials"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/api/v1/instance"),
    ("GET", "/api/v2/instance"),
    ("GET", "/api/v1/apps/verify_credentials"),
]


class Description:
    def __init__(self, text):
        self.json = json.loads(text)

    def resolved(self, schema):
        """The schema, or the one that it refers to."""
        while "$ref" in schema:
            found = self.json
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            schema = found
        return schema

    def response(self, method, path):
        response = self.json["paths"][path][method.lower()]["responses"]["200"]
        return self.resolved(response)["content"]["application/json"]["schema"]

    def types(self, schema):
        """The JSON types that a value can have, sorted."""
        schema = self.resolved(schema)
        for combined in ("oneOf", "anyOf"):
            if combined in schema:
                types = set().union(*(self.types(one) for one in schema[combined]))
                return sorted(types)
        types = schema.get("type", "string" if "enum" in schema else [])
        types = [types] if isinstance(types, str) else types
        assert types, f"no type: {schema}"
        return sorted(types)

    def rows(self, schema, path=""):
        """The required fields below a schema, with their types. The fields of list items are left
        out, because a list can be empty."""
        schema = self.resolved(schema)
        for name in sorted(schema.get("required", [])):
            field = schema["properties"][name]
            types = self.types(field)
            here = f"{path}.{name}"
            yield here, types
            if types == ["object"]:
                yield from self.rows(field, here)
            if types == ["array"]:
                items = self.types(self.resolved(field)["items"])
                if "object" not in items:
                    yield f"{here}[]", items


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        description = Description(file.read())
    version = description.json["info"]["version"]
    print(f"# Mastodon {version}: required fields, and their types. Printed by openapi.py.")
    for method, path in RESPONSES:
        for field, types in description.rows(description.response(method, path)):
            print(f"{method} {path} {field} {','.join(types)}")


main()
