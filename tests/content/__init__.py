"""Tests of content: how it is read, and what ships."""
