"""The twin: the same province running on one Linux machine, in containers and veth cables.

Nothing outside this folder needs it except the command line; take it away and production works.
"""
