"""Requests in, pages out. The sides (``respondent``, ``console``, ``public``) do not know each other."""
