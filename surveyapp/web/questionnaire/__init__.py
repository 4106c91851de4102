"""A page of the questionnaire as its templates draw it: shared by the respondent's side and the console's preview."""
