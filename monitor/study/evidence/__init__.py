"""Parts of a study that are evidence for the advice; each is a file of its own and gives one part of a study."""
