"""Events to programs that subscribed to them."""
