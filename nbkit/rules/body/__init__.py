"""From the bytes of a body to its JSON, or to what the API says of bytes that are none."""
