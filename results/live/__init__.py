"""The live path: the only code that knows sockets."""
