"""GitLab CI: the file of the pipeline with its local includes, jobs with what they extend, rules."""
