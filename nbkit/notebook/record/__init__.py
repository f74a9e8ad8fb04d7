"""What a notebook saves of a turn, to be read without kernel or extension: as html and as text."""
