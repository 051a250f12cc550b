"""What every document is made of: values with their tone, words and signs, the house, and how a string is made harmless."""
