"""XLSForm out and in: one role's questionnaire as the spreadsheet form of ODK and Kobo, and such a form as a study."""
