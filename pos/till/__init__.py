"""The till page: staff sell in a browser, by the verbs that the API calls."""
