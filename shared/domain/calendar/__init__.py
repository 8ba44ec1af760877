"""Working days, public holidays, terms and deadlines."""
