"""AMD's cards, sampled through a stand-in for `amdsmi` that has its names and shapes."""

from __future__ import annotations

from pathlib import Path

from tests.integrations.fake_driver import said

STAND_IN = Path(__file__).parent / "fake_amd"
SCRIPT = """
import functools, json, pathlib, sys
from governance.integrations.sampling import amd, cards
driver, library = sys.argv[1:]
sys.path.append(library)
made = []
try:
    watching = cards.sampler([functools.partial(amd.cards, pathlib.Path(driver))])
    if watching:
        watching.sample()
        made = watching.summary()
except Exception as error:
    made = f"{type(error).__name__}: {error}"
print(json.dumps([made, "amdsmi" in sys.modules]))
"""


def sampled(machine, driver="/", library=STAND_IN):
    return said(SCRIPT, None, str(driver), str(library), FAKE_AMD=machine)


def test_a_card_tells_what_it_did_in_the_same_words_as_one_of_nvidia():
    (card,), _ = sampled("new")
    assert (card["name"], card["vendor"], card["driver"]) == ("AMD Instinct MI300X", "amd", "6.12.12")
    assert card["memory_bytes"] == 206_141_652_992
    assert (card["utilization_mean_percent"], card["memory_used_mean_bytes"]) == (87, 2**30)
    assert (card["power_mean_watts"], card["power_error"]["averaged_seconds"]) == (640, 0.0)
    assert (card["sm_clock_mean_mhz"], card["memory_clock_mean_mhz"], card["temperature_mean_celsius"]) == (
        2100,
        1300,
        58,
    )
    assert card["throttle_reasons"] == ["sw_power_cap"]
    assert (card["ecc_corrected"], card["ecc_uncorrected"]) == (1, 0)
    assert card["energy_last_millijoules"] == 30_600  # 2 000 000 counts of 15.3 microjoules


def test_fields_are_read_by_their_older_names_too():
    (card,), _ = sampled("old")
    assert (card["power_mean_watts"], card["power_error"]["averaged_seconds"]) == (210, None)
    assert (card["sm_clock_mean_mhz"], card["temperature_mean_celsius"], card["energy_last_millijoules"]) == (
        2100,
        58,
        30_600,
    )
    assert card["throttle_reasons"] is None


def test_what_is_not_available_is_null_and_never_zero():
    (card,), _ = sampled("bare")
    told = {name for name, value in card.items() if value is not None}
    assert told == {
        "index",
        "name",
        "vendor",
        "power_error",
        "readings",
        "missed",
        "span_seconds",
        "longest_gap_seconds",
    }
    assert card["name"] == "not told"


def test_a_driver_that_does_not_come_up_is_told_with_its_own_words():
    why, _ = sampled("silent")
    assert "AMDSMI_STATUS_NOT_SUPPORTED" in why


def test_where_the_driver_is_not_loaded_the_library_is_not_even_imported(tmp_path):
    assert sampled("new", driver=tmp_path / "no-driver") == [[], False]


def test_without_the_library_there_is_no_card(tmp_path):
    assert sampled("new", library=tmp_path) == [[], False]
