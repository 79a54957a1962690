"""A run of verify as one HTML file: the causes, the province as a drawn map, every figure."""
