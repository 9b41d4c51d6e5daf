"""How hard the properties are looked for: more on the build machine, less at a desk, the same every time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

COMMON = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # explaining traces every line: minutes
)
settings.register_profile("ci", COMMON, max_examples=150, derandomize=True)
settings.register_profile("dev", COMMON, max_examples=40, derandomize=True)
settings.register_profile("hunt", COMMON, max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "20000")))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
