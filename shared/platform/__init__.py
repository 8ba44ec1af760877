"""AWS and the machine: clients, clock, settings, secrets, queues, logs."""
