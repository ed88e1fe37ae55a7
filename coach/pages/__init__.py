"""The pages that a browser shows: what they do, how they are drawn, and how Gradio ties the two together."""
