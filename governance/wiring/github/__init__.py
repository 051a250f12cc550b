"""GitHub Actions: workflows, their jobs and steps, local actions and local reusable workflows."""
