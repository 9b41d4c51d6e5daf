"""The shapes of what the REST API takes and answers: money in whole minor units, times UTC in ISO 8601."""
