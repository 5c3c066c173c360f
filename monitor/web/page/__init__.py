"""The web page: what people look at. It only reads."""
