"""The pure rule: arrays in, numbers out; imports nothing of ours."""
