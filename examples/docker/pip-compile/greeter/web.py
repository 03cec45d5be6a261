"""The application, for gunicorn."""

from flask import Flask

app = Flask(__name__)


@app.get("/<name>")
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {name}!\n"
