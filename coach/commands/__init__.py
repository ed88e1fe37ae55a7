"""What each command of the terminal does: read the arguments, call the coach, print."""
