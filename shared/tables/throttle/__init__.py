"""The table `throttle`: short-lived rows for counters, contacts and messages, named by HMACs."""
