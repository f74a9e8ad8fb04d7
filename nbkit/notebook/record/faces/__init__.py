"""What each type of block looks like in the saved record: parts, which html and plain text draw alike."""
