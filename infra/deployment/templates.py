"""Reads and checks CloudFormation and SAM templates: names a merge misspelt, and what cfn-lint says of the result."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

REGION = "ap-southeast-1"

MAX_INLINE = 51_200
"""Bytes of a template that CloudFormation takes within a request; a larger one it reads from S3."""

LIMITS = {"bytes": 1_000_000, "parameters": 200, "resources": 500, "outputs": 200}
"""Sizes that CloudFormation takes of a template in S3 (AWS CloudFormation User Guide, "CloudFormation quotas")."""

WARN_AT = 0.9
"""Share of a limit from which a deployment warns."""

Template = dict[str, Any]

# Said of every SAM translation, about what SAM itself writes.
_ACCEPTED = {
    "W1020": "Fn::Sub whose parameters SAM has put in already",
    "W3005": "DependsOn that SAM adds beside a reference",
    "W3045": "bucket access control written by SAM",
}


def read(path: Path) -> Template:
    """Return a template with its short forms (!Sub) written out (Fn::Sub)."""
    from cfnlint.decode import cfn_yaml  # noqa: PLC0415 - a second that only templates are worth

    template: Template = _plain(cfn_yaml.load(str(path)))
    return template


def _plain(node: Any) -> Any:
    """Return cfn-lint's nodes as the dicts, lists and strings that they are."""
    if isinstance(node, dict):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v) for v in node]
    if isinstance(node, str):
        return str(node)
    return node


def unknown_names(merge: Path, merged: Template) -> Iterator[str]:
    """Yield the names in a merge template of resources and events that Chalice never made: misspelt ones.

    Chalice adds such a name without a word, and the setting it carries (such as ReportBatchItemFailures) then
    applies to nothing. What a merge template adds on purpose says its Type.
    """
    for name, resource in read(merge).get("Resources", {}).items():
        if "Type" not in merged["Resources"][name]:
            yield f"{merge.name} sets {name}, which Chalice did not make"
            continue
        if "Type" in resource:
            continue
        for event in resource.get("Properties", {}).get("Events", {}):
            if "Type" not in merged["Resources"][name]["Properties"]["Events"][event]:
                yield f"{merge.name} sets the event {event} of {name}, which Chalice did not make"


def size_of(template: Template) -> dict[str, int]:
    """Return how much of each limit a template uses, in the form in which it is deployed."""
    return {
        "bytes": len(json.dumps(template, ensure_ascii=False).encode()),
        **{part: len(template.get(part.capitalize(), {})) for part in ("parameters", "resources", "outputs")},
    }


def nearly_too_large(template: Template) -> Iterator[str]:
    """Yield a warning for each limit of CloudFormation of which a template uses nine tenths or more."""
    for name, used in size_of(template).items():
        if used >= WARN_AT * LIMITS[name]:
            yield f"The template holds {used:,} {name} of {LIMITS[name]:,} that CloudFormation takes: split it soon"


def translate(template: Template, parameters: Mapping[str, str] | None = None) -> Template:
    """Return the plain CloudFormation that AWS makes of a SAM template for a stage's parameters, or for the defaults.

    Raises:
        InvalidDocumentException: SAM does not understand the template.
    """
    from samtranslator.parser.parser import Parser  # noqa: PLC0415 - ditto
    from samtranslator.sdk.parameter import SamParameterValues  # noqa: PLC0415 - ditto
    from samtranslator.translator.translator import Translator  # noqa: PLC0415 - ditto

    # They miss somebody to send figures to, and switches that only AWS's own service has.
    for name in ("samtranslator.metrics.metrics", "samtranslator.feature_toggle.feature_toggle"):
        logging.getLogger(name).setLevel(logging.ERROR)
    document = json.loads(json.dumps(template))
    values = {name: p.get("Default", name.lower()) for name, p in document.get("Parameters", {}).items()}
    values |= {name: value for name, value in (parameters or {}).items() if name in values}
    translated = Translator({}, Parser(), boto_session=_Region()).translate(
        sam_template=document, parameter_values=SamParameterValues(values).parameter_values
    )
    return dict(translated)


class _Region:
    """The one thing that SAM asks a boto3 session for."""

    region_name = REGION


def findings(template: Template, translated: Path) -> Iterator[str]:
    """Yield the errors of a SAM template once it is translated; the translation is left at a path for reading."""
    from cfnlint.api import lint  # noqa: PLC0415 - ditto
    from cfnlint.config import ManualArgs  # noqa: PLC0415 - ditto
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415 - ditto

    try:
        plain = translate(template)
    except InvalidDocumentException as error:
        yield from (f"SAM: {cause.message}" for cause in error.causes)
        return
    text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False)
    translated.write_text(text)
    for match in lint(text, config=ManualArgs(regions=[REGION])):
        if match.rule.id not in _ACCEPTED:
            where = "/".join(str(part) for part in match.path or ())
            yield f"{match.rule.id} {match.message} ({where})"
