"""Stories of incidents, each with a twin that looks alike and has another right answer, for `bench.advice.rates`."""
