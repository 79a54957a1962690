"""What the monitoring server is told: rules of alerts in two languages, and the NOC's page."""
