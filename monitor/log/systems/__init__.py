"""Systems that write logs, by name: how each writes predictions and labels, as a mapping that can be overridden.

A system is a file here with one `System`, and an entry in `registry.py`. It is data: `System.predictions` and
`System.labels` are a `Part` each (or None), whose `settings` is what an operator would otherwise write below
`source.predictions` or `source.labels`. `source: {system: langfuse, predictions: {...}}` takes it for all keys that are
not set (`source.predictions.system` and `source.labels.system` name it for one of the two).

For whoever looks at an unknown log:

- `registry.recognise(columns)` returns the `Recognised`s whose columns are all there, the surest first. `columns` are
  the names of one table's or file's columns. Each has `system`, `role` ("predictions" or "labels") and `part`.
- `Recognised.section(rows)` is what is then to be written below `source.predictions` or `source.labels`: `system`, and
  the `rows` ({"files": …} or {"table": …}) unless the system has a query of its own.
- `Part.asks` are the keys that nobody but the operator can say, with what each is:
  {"columns.predicted": "the class within the answer, such as output.intent"}. A `Part` without one is complete.
- `registry.preset_of(source)` is how the configuration is completed; `monitor.bootstrap.configuration.load` does it.
"""
