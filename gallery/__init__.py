"""Every page that people can meet, in real Chromium: shown by ``make gallery``, and walked by the browser tests."""
