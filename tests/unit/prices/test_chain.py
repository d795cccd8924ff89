"""The chain: the setting names the sources in their order, and a wrong one says what is wrong."""

from pathlib import Path

import pytest

from forecasting.errors import SettingsError
from forecasting.prices.sources.chain import sources_from_setting
from tests.factories import csv_text, price_history
from tests.fakes import ManualClock


def test_sources_come_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "AAPL.csv").write_text(csv_text(price_history()))
    setting = f" yahoo , csv:{tmp_path},tiingo, simulated,"
    sources = sources_from_setting(setting, ManualClock(), tiingo_key="secret")
    assert [source.name for source in sources] == ["yahoo", "csv", "tiingo", "simulated"]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("", "names no price source"),
        (" , ", "names no price source"),
        ("google", "'google', which is no price source"),
        ("yahoo,yahoo", "twice"),
        ("csv", "'csv'"),
        ("csv:", "'csv:'"),
        ("csv:/no/such/folder", "/no/such/folder"),
        ("yahoo:1", "'yahoo:1'"),
        ("tiingo", "needs a key"),
    ],
)
def test_a_wrong_setting_is_named(setting: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        sources_from_setting(setting, ManualClock())
