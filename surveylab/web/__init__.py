"""The Flask application: respondents and console. Never loads PyMC."""
