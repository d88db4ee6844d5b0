"""The commands, each a body of a few lines that reads, perhaps writes once, and returns a Reply."""
