"""The board: the one JSON document that the public sees, its versions, and the patches between them."""
