"""The copy of the output in object storage: what goes when, by conditional writes. Only `bucket` imports obstore."""
