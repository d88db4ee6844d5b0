"""What is remembered, and the rules that keep it true."""
