"""A survey platform: definition → engine → storage → fieldwork and analysis → reports → exports and pages."""
