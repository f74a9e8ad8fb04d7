"""Between a conversation and a Jupyter page: snapshots, html, patches, the hub, cells and magics."""
