"""Stand-ins and start scripts for outside systems: separate programs that import nothing else of ours."""
