"""How people talk to Fairpoints: commands, fronts, jobs and settings."""
