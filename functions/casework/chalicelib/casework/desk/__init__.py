"""What officers read while they work: queues, one petition, its files and deliveries."""
