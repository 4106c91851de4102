"""The respondent's side: from the landing page to the receipt."""
