from setuptools import setup

setup(
    name="greeter",
    version="1.0.0",
    description="Greets by name.",
    packages=["greeter"],
    python_requires=">=3.11",
    install_requires=["flask>=3.1,<4", "gunicorn>=23,<24"],
)
