"""What commands print: JSON lines for programs, tables for people."""
