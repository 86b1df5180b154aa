"""What moderators do: the queue, its risk, decisions, reports, notes on findings, reminders."""
