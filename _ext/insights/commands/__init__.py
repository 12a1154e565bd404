"""The commands of the publication, one module each: ``run``, and ``add_arguments`` if it takes any."""
