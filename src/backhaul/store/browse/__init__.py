"""What screens and the API read: every question takes the merchant first, and answers with plain frozen values."""
