"""Load and save private records, one module for each class of object."""
