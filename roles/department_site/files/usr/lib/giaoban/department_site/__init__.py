"""A department's site: its news, out of a database, as pages that any browser reads."""
