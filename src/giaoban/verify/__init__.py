"""Asks the devices of a province whether they are as planned, and says what is wrong and why."""
