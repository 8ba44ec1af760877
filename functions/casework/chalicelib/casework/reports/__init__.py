"""The reports of leaders: figures, tables, charts, files."""
