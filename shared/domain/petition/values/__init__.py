"""Values that a petition is made of: petitioner, classification, answer, attachments."""
