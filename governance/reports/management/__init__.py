"""Documents of the management system: Statement of Applicability, roll-up over all systems, and forms to fill in."""
