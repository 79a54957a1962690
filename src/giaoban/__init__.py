"""giaoban: a province's network, data centre, mail and videoconference as code."""
