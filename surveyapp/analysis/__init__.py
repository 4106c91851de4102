"""Pure statistics: arrays in, dataclasses out. Nothing here sees a case, a database or a request."""
