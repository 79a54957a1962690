"""How a box's configuration is made into a generation, compared, and put in force safely."""
