"""From a case and templates to the bytes of documents: one document, or all of an edition."""
