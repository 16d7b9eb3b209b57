"""The steps of a pass, each over the same house: mail in, the sheet, letters out. Only worker.py knows their order."""
