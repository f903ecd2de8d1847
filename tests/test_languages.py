"""What tests say in which language depends on no test before them."""

import pytest
from django.utils import translation


@pytest.mark.parametrize("time", [1, 2])
def test_a_language_that_a_test_leaves_is_forgotten(time: int) -> None:
    assert translation.get_language() == "en"

    translation.activate("zh-hans")
