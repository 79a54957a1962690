"""What people decide: YAML read, checked and held as one frozen `Intent`."""
