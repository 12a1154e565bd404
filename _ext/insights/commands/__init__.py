"""The commands of the publication, one module each."""
