"""What several kinds of tests stand on: a database of their own, a day's rows, a deployment of fakes."""
