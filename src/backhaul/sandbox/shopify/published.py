"""The published schema of the Admin API, built once per version: what is not in it, the stand-in does not know."""

import gzip
import json
from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_client_schema

VERSIONS = ("2026-07", "2026-10")
_FOLDER = Path(__file__).parent / "schema"


class SchemaMissing(Exception):
    """The schema files are fetched, not committed; the text says how."""


@cache
def published_schema(version: str) -> GraphQLSchema:
    """The schema of one version; raises SchemaMissing where it was never fetched.

    It is taken as valid: some of its types deprecate fields that their interfaces do not.
    """
    file = _FOLDER / f"admin_{version}.json.gz"
    if not file.exists():
        raise SchemaMissing(f"{file.name} is not here: run `make schema`, which fetches Shopify's published schema")
    with gzip.open(file) as opened:
        return build_client_schema(json.load(opened)["data"], assume_valid=True)
