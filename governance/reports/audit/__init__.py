"""The audit report: everything that was judged, with denominators, reasons and evidence."""
