"""The administrators' pages: directory rows, calendar, terms, texts, routing rules."""
