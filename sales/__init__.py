"""What people bought, where: rows and queries. The verbs that write them stand in pos."""
