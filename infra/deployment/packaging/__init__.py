"""The parts of a package and their checks: runtime, libraries, archive, inventory."""
