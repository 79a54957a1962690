"""Rules between the values of an intent, a module for each part of it.

A rule is a function whose parameters are the top-level keys it reads; it gives findings by path.
"""
