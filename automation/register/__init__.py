"""The register station: the shared spreadsheet as the office sees it."""
