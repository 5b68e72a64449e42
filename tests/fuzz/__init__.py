"""Any bytes at either door: an answer or a refusal, and nothing else."""
