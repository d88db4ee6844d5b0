"""What a video is worth."""
