"""The places a message can be sent to; the only part of `alerts` that does I/O."""
