"""Classes that routes name are looked for in the logs."""

from config.routes import RouteSettings
from monitor.onboarding.validate.route_classes import unfit_classes


def test_a_class_that_no_log_has_is_named_with_the_one_that_is_nearest() -> None:
    routes = [RouteSettings(channels=("slack",), **{"class": names}) for names in (("urgent", "bil*"), ("urgnt", "x"))]  # type: ignore[arg-type]
    assert [each.said for each in unfit_classes(routes, ("urgent", "billing"))] == [
        "routes.1.class fits no class of any log: 'urgnt'; did you mean urgent?",
        "routes.1.class fits no class of any log: 'x'",
    ]
