"""Debian as boxes begin with it: where its packages come from, and how a build is kept once."""
