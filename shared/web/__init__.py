"""What the pages of several functions share: layout, languages, rendering."""
