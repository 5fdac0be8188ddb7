"""What the screens show, as plain values made from a report: no widget, so each can be tested and timed alone."""
