"""Validates JSON answers against the official OpenAPI files, which lie beside the project and are never copied."""

import functools
import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

SPECS = Path(__file__).parents[2] / "shared" / "specs"
# What the specification forbids and the very server it was generated from does, as its recorded answers show (a test
# compares our answers with those): dates that are null, texts that are empty.
NULL_IN_PRACTICE = {"beginObject", "eindeObject", "gezetdoor", "correctedBy", "correctionFor"}
EMPTY_IN_PRACTICE = {"opdrachtgevendeOrganisatie", "rsin", "inpA_nummer", "emailadres", "naam", "referentie"}
# And what installations really do: a KVK number of 8 digits where the RSIN of 9 belongs.
SHORTER_IN_PRACTICE = {"innNnpId"}
# A slip in the BAG specification: it requires a name that its own properties do not have.
RENAMED_IN_PRACTICE = {"kortNaam": "korteNaam"}
# References to another file: the part of the URL that tells which, and the file here.
ELSEWHERE = {"catalogi-api": "catalogi/openapi.yaml"}


def require_specs() -> None:
    """Skip, saying so, when the specifications are not there; in CI that is a failure."""
    if SPECS.is_dir():
        return
    message = "de officiële OpenAPI-bestanden (../shared/specs) ontbreken"
    if os.environ.get("PIP_CI") == "1":
        pytest.fail(message)
    pytest.skip(message)


@functools.cache
def load_spec(spec_path: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load((SPECS / spec_path).read_text(), loader)  # noqa: S506 - a safe loader
    return loaded


def find_operation(spec_path: str, method: str, path: str) -> dict[str, Any]:
    """The operation of a path, given as template or filled in, below the server root of the specification."""
    paths = load_spec(spec_path)["paths"]
    candidates = [path] if path in paths else []
    for template in sorted(paths, key=lambda template: template.count("{")):
        pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            candidates.append(template)
    for template in candidates:
        if method.lower() in paths[template]:
            operation: dict[str, Any] = paths[template][method.lower()]
            return operation
    raise AssertionError(f"{method} {path} is not in {spec_path}")


def response_schema(spec_path: str, method: str, path: str, status: int) -> dict[str, Any]:
    operation = find_operation(spec_path, method, path)
    responses = operation["responses"]
    response = responses.get(str(status)) or responses.get("default")
    assert response is not None, f"{method} {path} may not answer {status} by {spec_path}"
    if "$ref" in response:
        response = load_spec(spec_path)["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    contents = response.get("content", {})
    assert contents, f"{method} {path} has no body at {status} by {spec_path}"
    schema: dict[str, Any] = next(iter(contents.values()))["schema"]
    return schema


class Converter:
    """OpenAPI 3.0 schema to JSON Schema, references resolved on the way; a recursive one is let through."""

    def __init__(self, spec_path: str) -> None:
        self.spec_path = spec_path
        self.busy: list[tuple[str, str]] = []

    def convert(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        keywords = {name: value for name, value in schema.items() if name != "discriminator"}
        discriminator = schema.get("discriminator", {})
        hidden = {name for name, item in schema.get("properties", {}).items() if item.get("writeOnly")}
        if hidden and isinstance(schema.get("required"), list):  # what may only be sent is not asked of an answer
            keywords["required"] = [name for name in schema["required"] if name not in hidden]
        if "mapping" in discriminator:
            keywords.pop("oneOf", None)
        result = {name: self._keyword(name, value) for name, value in keywords.items()}
        if "mapping" in discriminator:
            result = {"allOf": [result, self._by_discriminator(discriminator)]}
        if result.pop("nullable", False) or schema.get("nullable"):
            return {"anyOf": [{"type": "null"}, result]}
        return result

    def _by_discriminator(self, discriminator: dict[str, Any]) -> dict[str, Any]:
        """The subtype that the answer itself names, and no other."""
        name, mapping = discriminator["propertyName"], discriminator["mapping"]
        branches = [
            {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": self._reference(reference)}
            for value, reference in mapping.items()
        ]
        return {"properties": {name: {"enum": list(mapping)}}, "required": [name], "allOf": branches}

    def _keyword(self, name: str, value: Any) -> Any:
        if name == "properties":
            return {key: _as_in_practice(key, self.convert(item)) for key, item in value.items()}
        if name in ("allOf", "anyOf", "oneOf"):
            return [self.convert(item) for item in value]
        if name == "required" and isinstance(value, list):
            return [RENAMED_IN_PRACTICE.get(item, item) for item in value]
        if name in ("items", "not") or (name == "additionalProperties" and isinstance(value, dict)):
            return self.convert(value)
        return value

    def _reference(self, reference: str) -> dict[str, Any]:
        file, _, pointer = reference.partition("#")
        spec_path = self.spec_path
        if file:
            spec_path = next((path for part, path in ELSEWHERE.items() if part in file), "")
            if not spec_path:
                return {}
        name = pointer.rsplit("/", 1)[-1]
        if (spec_path, name) in self.busy:
            return {}
        outer, self.spec_path = self.spec_path, spec_path
        self.busy.append((spec_path, name))
        result = self.convert(load_spec(spec_path)["components"]["schemas"][name])
        self.busy.pop()
        self.spec_path = outer
        return result


def _as_in_practice(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name in NULL_IN_PRACTICE:
        return {"anyOf": [{"type": "null"}, schema]}
    if name in EMPTY_IN_PRACTICE and schema.get("type") == "string":
        return {"anyOf": [{"const": ""}, schema]}
    if name in SHORTER_IN_PRACTICE:
        return {"anyOf": [{"type": "string", "pattern": "^([0-9]{8})?$"}, schema]}
    return schema


@functools.cache
def _validator(spec_path: str, schema: str) -> jsonschema.Draft202012Validator:
    converted = Converter(spec_path).convert(json.loads(schema))
    return jsonschema.Draft202012Validator(converted, format_checker=jsonschema.FormatChecker())


def validate(spec_path: str, schema: dict[str, Any], data: Any) -> None:
    require_specs()
    errors = sorted(_validator(spec_path, json.dumps(schema)).iter_errors(data), key=lambda error: str(error.json_path))
    # Only places and rules: what is in the answer may be about a person.
    assert not errors, "; ".join(
        f"{error.json_path}: {error.validator} {str(error.validator_value)[:80]}" for error in errors[:8]
    )


def validate_response(spec_path: str, method: str, path: str, status: int, body: Any) -> None:
    """Raises AssertionError when this answer breaks the specification.

    spec_path: below ../shared/specs, as "zaken/openapi.yaml"; path: template or filled in, below the API root.
    """
    require_specs()
    validate(spec_path, response_schema(spec_path, method, path, status), body)
