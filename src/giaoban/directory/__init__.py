"""Who works in the province: a CSV of people, their addresses, and the entries of the directory."""
