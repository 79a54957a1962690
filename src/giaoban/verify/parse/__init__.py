"""Reads what devices answer. Parsers raise on anything they do not recognise; none guesses."""
