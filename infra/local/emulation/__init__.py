"""The cloud that the local stack runs on: moto, Chalice apps, queues and schedules."""
