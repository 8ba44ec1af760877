"""The DynamoDB tables: one class for each kind of row, nothing raw outside."""
