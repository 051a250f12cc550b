"""From the HTML of a document to an archivable, accessible PDF."""
