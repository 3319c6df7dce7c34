"""What goes wrong in ways its user can do something about."""


class ModelKitError(Exception):
    """A failure whose message says what happened, why, and what to do now."""
