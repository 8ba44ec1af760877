"""Pages of a unit's board and of absences."""
