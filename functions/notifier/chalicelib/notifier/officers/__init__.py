"""What officers are sent: their notices and the daily digest."""
