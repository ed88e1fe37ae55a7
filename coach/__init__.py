"""An executive coach for learning-and-development leaders."""

__version__ = "0.1.0"
