"""From a finished fine-tuning run to an audit pack that anybody can verify."""

__version__ = "0.2.0"
