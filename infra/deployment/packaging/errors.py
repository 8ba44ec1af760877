"""The one error of packaging."""

from __future__ import annotations

from collections.abc import Sequence


class PackageError(Exception):
    """A package or its template is not fit to be deployed; the text lists every finding."""

    def __init__(self, function: str, findings: Sequence[str]) -> None:
        self.function = function
        self.findings = tuple(findings)
        super().__init__("\n".join([f"{function}: not fit to be deployed", *(f"  {f}" for f in findings)]))

    def __reduce__(self) -> tuple[type[PackageError], tuple[str, tuple[str, ...]]]:
        """Return how it is made anew in another process: packages are built in several."""
        return (type(self), (self.function, self.findings))
