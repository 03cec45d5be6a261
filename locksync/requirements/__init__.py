"""A requirements file: read, compared by meaning, its differences told."""
