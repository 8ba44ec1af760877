"""The desk: queues, the view of one petition, its files and deliveries."""
