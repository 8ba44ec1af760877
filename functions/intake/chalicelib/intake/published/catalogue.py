"""The catalogue of the open data: a Frictionless data package with the dictionary of every column, and DCAT.

Sources: https://datapackage.org/standard/data-package, https://www.w3.org/TR/vocab-dcat-3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.intake.published.open_data import (
    ANSWERS,
    COUNTS,
    FIGURES,
    LICENCE,
    LICENCE_ID,
    LICENCE_URL,
)

PUBLISHER = "Bộ Nội vụ / Ministry of Home Affairs of Viet Nam"
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
}
"""The media type of each format, by the ending of the file."""


class Column(NamedTuple):
    """A column of a table: its type by Frictionless Table Schema, and its meaning."""

    type: str
    about: str
    format: str = "default"


class Dataset(NamedTuple):
    """A table of open data: its file's name, its title, its columns, and those that name a row."""

    name: str
    title: str
    about: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    formats: tuple[str, ...] = ("csv", "json")


DICTIONARY: dict[str, Column] = {
    "month": Column("yearmonth", "The month in Viet Nam in which the petitions were received"),
    "received": Column("integer", "Petitions received; empty in a breakdown where too few to be published"),
    "answered": Column(
        "integer", "Petitions answered, or passed on, guided, refused or merged with word of why"
    ),
    "answered_on_time": Column("integer", "Of those answered: by the end of the due date"),
    "answered_late": Column("integer", "Of those answered: later"),
    "open": Column("integer", "Petitions to which an answer is owed"),
    "open_overdue": Column("integer", "Of those open: past the due date"),
    "ended_otherwise": Column(
        "integer", "Petitions that ended without an answer owed, as those withdrawn in time"
    ),
    "published": Column("integer", "Petitions whose answer is public"),
    "reopened": Column("integer", "Petitions looked at once more by a higher level"),
    "on_time_percent": Column("number", "answered_on_time out of all whose answer fell due, in percent"),
    "average_days": Column("number", "Calendar days from receipt to the first answer, on average"),
    "median_days": Column("integer", "Half of the first answers took as many calendar days, or fewer"),
    "ratings": Column("integer", "Petitioners who rated the answer"),
    "average_rating": Column("number", "The latest score, 1 to 5, of those who rated, on average"),
    "by": Column("string", "The breakdown: channel, kind, field, state, province or unit"),
    "code": Column(
        "string",
        "The code of the group; UNDECIDED holds what is in no group (yet), OTHER provinces too small to be named",
    ),
    "name": Column("string", "The name of the group, in the language asked for"),
    "id": Column("string", "Names the publication for good"),
    "subject": Column("string", "The subject, without personal data"),
    "content": Column("string", "The question, without personal data"),
    "answer": Column("string", "The answer, without personal data"),
    "citations": Column("array", "Legal documents that the answer rests on: number, article, link"),
    "field": Column("string", "The code of the field of responsibility"),
    "field_label": Column("string", "Its name"),
    "unit": Column("string", "The code of the unit that answered"),
    "unit_label": Column("string", "Its name"),
    "kind": Column("string", "REGULATION, CONDUCT or INITIATIVE"),
    "received_on": Column("date", "The day of receipt in Viet Nam"),
    "answered_on": Column("date", "The day of the answer in Viet Nam"),
    "published_at": Column("datetime", "The instant of the publication, UTC", "any"),
    "attachments": Column("array", "Public files: filename, content_type, size, url"),
    "url": Column("string", "Its page on this site"),
}
"""Every column of every table."""

DATASETS: tuple[Dataset, ...] = (
    Dataset(
        "statistics", "Số liệu theo tháng / Figures by month", "A row for each month", FIGURES, ("month",)
    ),
    Dataset(
        "breakdowns",
        "Số liệu theo nhóm / Figures by group",
        "A row for each month, breakdown and group; the groups of a breakdown add up to the month's total",
        COUNTS,
        ("month", "by", "code"),
    ),
    Dataset(
        "answers",
        "Câu trả lời đã công khai / Published answers",
        "All published answers, the newest first; a full file names the next one in its header Link, rel=next",
        ANSWERS,
        ("id",),
        ("csv", "json", "jsonl"),
    ),
)
"""The tables; `published` is `answers` of one month."""


def data_package(public_url: str, as_of: datetime) -> dict[str, Any]:
    """Return `datapackage.json`: each table as a resource with its schema."""
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "profile": "tabular-data-package",
        "name": "pakn-open-data",
        "id": f"{public_url}/v1/open-data/datapackage.json",
        "title": "Phản ánh, kiến nghị: dữ liệu mở / Petitions: open data",
        "description": LICENCE,
        "homepage": f"{public_url}/thong-ke",
        "created": as_of.isoformat(),
        "licenses": [{"name": LICENCE_ID, "path": LICENCE_URL, "title": "Creative Commons Attribution 4.0"}],
        "contributors": [{"title": PUBLISHER, "role": "publisher"}],
        "resources": [_resource(dataset, public_url) for dataset in DATASETS],
    }


def _resource(dataset: Dataset, public_url: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": dataset.name,
        "title": dataset.title,
        "description": dataset.about,
        "path": f"{public_url}/v1/open-data/{dataset.name}.csv",
        "format": "csv",
        "mediatype": MEDIA_TYPES["csv"],
        "encoding": "utf-8",
        "licenses": [{"name": LICENCE_ID, "path": LICENCE_URL}],
        "schema": {
            "fields": [_field(name, DICTIONARY[name]) for name in dataset.columns],
            "primaryKey": list(dataset.key),
            "missingValues": [""],
        },
    }


def _field(name: str, column: Column) -> Mapping[str, Any]:
    return {"name": name, "type": column.type, "format": column.format, "description": column.about}


def dcat(public_url: str, as_of: datetime) -> dict[str, Any]:
    """Return the catalogue as DCAT in JSON-LD: a dataset for each table, a distribution for each format."""
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{public_url}/v1/open-data/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": "Phản ánh, kiến nghị: dữ liệu mở / Petitions: open data",
        "dct:description": LICENCE,
        "dct:language": ["vi", "en"],
        "dct:license": {"@id": LICENCE_URL},
        "dct:modified": {"@type": "xsd:dateTime", "@value": as_of.isoformat()},
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": PUBLISHER},
        "foaf:homepage": {"@id": f"{public_url}/thong-ke"},
        "dcat:dataset": [_dataset(dataset, public_url) for dataset in DATASETS],
    }


def _dataset(dataset: Dataset, public_url: str) -> dict[str, Any]:
    address = f"{public_url}/v1/open-data/{dataset.name}"
    return {
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": dataset.title,
        "dct:description": dataset.about,
        "dct:license": {"@id": LICENCE_URL},
        "dct:conformsTo": {"@id": f"{public_url}/v1/open-data/datapackage.json"},
        "dcat:distribution": [
            {
                "@id": f"{address}.{ending}",
                "@type": "dcat:Distribution",
                "dct:license": {"@id": LICENCE_URL},
                "dcat:downloadURL": {"@id": f"{address}.{ending}"},
                "dcat:mediaType": {
                    "@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[ending]}"
                },
            }
            for ending in dataset.formats
        ],
    }
