"""What is kept of a conversation: documents, the journal beside a notebook, files, and copies to share."""
