"""The pages that show how the ministry answers: home with three numbers, statistics with all."""
