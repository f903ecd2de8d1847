"""Password hashing with the parameters that OWASP names for Argon2id: 19 MiB, 2 passes, 1 lane (about 40 ms)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
