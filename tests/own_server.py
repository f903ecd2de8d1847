"""Each of the processes that share a test run works on a PostgreSQL of its own.

What one reads of the change feed waits for the oldest transaction of the whole server: on a common one, processes would
wait for each other's tests. Loaded by `-p`, before the settings are.
"""

import os

if name := os.environ.get("PYTEST_XDIST_WORKER"):
    servers = os.environ["TEST_SERVERS"].split()
    os.environ["DATABASE_URL"] = servers[int(name.removeprefix("gw"))]
