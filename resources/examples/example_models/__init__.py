"""The models that the examples call: your provider's when one is configured, else local stand-ins."""
