"""The data centre's servers and networks: what Pulumi makes, and where."""
