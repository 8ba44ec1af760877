"""All templates as CloudFormation gets them: the functions' SAM templates translated, the others as they are."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra import gateway
from infra.deployment import package, templates
from infra.layout import FUNCTIONS, ROOT

Template = dict[str, Any]
Templates = dict[str, Template]


@cache
def _translated() -> str:
    everything = {path.stem: templates.read(path) for path in (ROOT / "infra/cloudformation").glob("*.yaml")}
    with TemporaryDirectory(prefix="pakn-templates-") as folder:
        for function in FUNCTIONS:
            everything[function] = _of_function(function, Path(folder) / function)
    return json.dumps(everything)


def _of_function(function: str, workshop: Path) -> Template:
    """Let Chalice write a function's template for production, without its libraries, and translate it."""
    source = package._copy_source(ROOT / "functions" / function, workshop / "source")
    merge = ROOT / "infra" / "cloudformation" / "functions" / f"{function}.yaml"
    assert list(package._run_chalice(function, source, "prod", merge, workshop / "chalice")) == []
    template = gateway.behind_one_resource(templates.read(workshop / "chalice" / "sam.yaml"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = package.PLACEHOLDER_CODE
    return templates.translate(template)


def translated() -> Templates:
    """Return all templates anew, by their names, for whoever wants to change them."""
    loaded: Templates = json.loads(_translated())
    return loaded
