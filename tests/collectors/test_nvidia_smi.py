"""The reports of nvidia-smi, as XML, as a table and as text."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

XML = (SAMPLES / "nvidia-smi-xml" / "nvidia-smi.xml").read_text(encoding="utf-8")
CSV = (SAMPLES / "nvidia-smi-csv" / "gpus.csv").read_text(encoding="utf-8")
TEXT = (SAMPLES / "nvidia-smi-text" / "nvidia-smi-q.txt").read_text(encoding="utf-8")
FORMS = [("gpus.xml", XML), ("gpus.csv", CSV), ("gpus.txt", TEXT)]


@pytest.fixture
def one(read, write):
    def go(name, content):
        (fact,) = [each for each in read(write(name, content)).found if each.kind != "gpu-usage.v1"]
        jsonschema_rs.validator_for(schema("compute-environment.v1")).validate(fact.body)
        return fact

    return go


@pytest.fixture
def refused(read, write):
    def go(name, content):
        reading = read(write(name, content))
        assert reading.found == ()
        return reading.not_read[0].reason

    return go


@pytest.mark.parametrize(("name", "content"), FORMS)
def test_each_form_says_the_same_of_the_processors(name, content, one):
    fact = one(name, content)
    assert [gpu["uuid"][-2:] for gpu in fact.body["gpus"]] == ["01", "02"]
    gpu = fact.body["gpus"][0]
    assert (gpu["name"], gpu["memory_bytes"]) == ("NVIDIA H100 80GB HBM3", 81559 * 2**20)
    assert (gpu["mig_enabled"], gpu["ecc_enabled"], gpu["power_limit_watts"]) == (False, True, 700.0)
    assert gpu["protected_memory_bytes"] == 0
    assert fact.body["gpu_status"] == "present"
    assert fact.tool_version == gpu["driver"] == fact.body["driver"]


@pytest.mark.parametrize(("name", "content"), FORMS)
def test_what_the_tool_does_not_know_is_null_and_the_time_is_no_moment(name, content, one):
    fact = one(name, content)
    assert [fact.body[key] for key in ("host", "python", "cpu", "packages", "memory_bytes")] == [None] * 5
    assert (fact.subject.type.value, fact.subject.name, fact.body["captured"]) == (
        "environment",
        "not named",
        "by-command",
    )
    assert fact.effective_at is None
    assert "2026" in fact.body["local_time"]


@pytest.mark.parametrize(("name", "content"), FORMS)
def test_serial_numbers_and_names_of_processes_are_left_behind(name, content, one):
    said = json.dumps(one(name, content).body)
    assert "/data/tools" not in said
    assert "0000000000000" not in said


@pytest.mark.parametrize(("name", "content"), FORMS)
@pytest.mark.parametrize("masked", ["GPU-00000000-0000-0000-0000-000000000000", "REDACTED", "GPU-xxxxxxxx-xxxx"])
def test_a_serial_id_that_was_taken_out_makes_it_masked(name, content, masked, one):
    fact = one(name, content.replace("GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01", masked))
    assert fact.quality.value == "masked"
    assert fact.body["gpus"][0]["uuid"] is None
    assert "taken out" in fact.quality_reasons[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gpus.xml", XML.replace("<attached_gpus>2<", "<attached_gpus>8<")),
        ("gpus.txt", TEXT.replace(": 2\n", ": 8\n", 1)),
        ("gpus.csv", CSV.replace(", 2, 0, NVIDIA", ", 8, 0, NVIDIA")),
    ],
)
def test_fewer_processors_than_are_attached_is_partial(name, content, one):
    fact = one(name, content)
    assert (fact.quality.value, fact.quality_reasons) == (
        "partial",
        ("2 of 8 attached graphics processors are listed",),
    )


@pytest.mark.parametrize(("name", "content"), FORMS)
@pytest.mark.parametrize("word", ["N/A", "[N/A]", "[Not Supported]", "[Insufficient Permissions]"])
def test_a_word_for_no_answer_is_null(name, content, word, one):
    fact = one(name, content.replace("81559 MiB", word).replace("700.00 W", word).replace("Enabled", word))
    gpu = fact.body["gpus"][0]
    assert (gpu["memory_bytes"], gpu["power_limit_watts"], gpu["ecc_enabled"]) == (None, None, None)
    assert fact.quality.value == "complete"


@pytest.mark.parametrize(("name", "content"), FORMS)
def test_a_processor_that_is_lost_makes_it_partial(name, content, one):
    fact = one(name, content.replace("NVIDIA H100 80GB HBM3", "[GPU is lost]").replace("81559 MiB", "[GPU is lost]"))
    assert fact.quality.value == "partial"
    assert "a graphics processor did not answer: gpu is lost" in fact.quality_reasons


@pytest.mark.parametrize(("name", "content"), FORMS)
@pytest.mark.parametrize(("old", "new"), [("81559 MiB", "81559 XB"), ("700.00 W", "-4 W"), ("Enabled", "Perhaps")])
def test_a_value_of_another_sort_is_not_understood(name, content, old, new, refused):
    assert "not understood: nvidia-smi 59" in refused(name, content.replace(old, new))


@pytest.mark.parametrize(("version", "power", "draw", "method"), [
    ("v10", ("<power_readings><power_draw>66.87 W</power_draw><power_limit>300.00 W</power_limit>"
     "<enforced_power_limit>250.00 W</enforced_power_limit></power_readings>"), 66.87, None),
    ("v12", ("<gpu_power_readings><power_draw>67.03 W</power_draw><current_power_limit>250.00 W</current_power_limit>"
     "</gpu_power_readings><module_power_readings><power_draw>1.00 W</power_draw></module_power_readings>"), 67.03, None),
    ("v13", ("<gpu_power_readings><average_power_draw>69.85 W</average_power_draw><instant_power_draw>69.62 W"
     "</instant_power_draw><current_power_limit>250.00 W</current_power_limit></gpu_power_readings>"), 69.85, "average"),
    ("v99", ("<gpu_power_readings><instant_power_draw>69.62 W</instant_power_draw>"
     "<current_power_limit>250.00 W</current_power_limit></gpu_power_readings>"), 69.62, "instant"),
])  # fmt: skip
def test_power_is_found_in_every_document_type(version, power, draw, method, one):
    start, end = XML.index("<gpu_power_readings>"), XML.index("</gpu_power_readings>") + len("</gpu_power_readings>")
    gpu = one("a.xml", XML[:start].replace("v13", version) + power + XML[end:]).body["gpus"][0]
    assert (gpu["power_draw_watts"], gpu["power_draw_method"], gpu["power_limit_watts"]) == (draw, method, 250.0)


def test_parts_of_a_processor_are_counted_where_it_is_cut(one):
    parts = (
        "<mig_devices><mig_device><index>0</index></mig_device><mig_device><index>1</index></mig_device></mig_devices>"
    )
    start, end = XML.index("<mig_devices>"), XML.index("</mig_devices>") + len("</mig_devices>")
    cut = (XML[:start] + parts + XML[end:]).replace("<current_mig>Disabled", "<current_mig>Enabled", 1)
    first, second = one("a.xml", cut).body["gpus"]
    assert (first["mig_enabled"], first["mig_devices"]) == (True, 2)
    assert (second["mig_enabled"], second["mig_devices"]) == (False, None)


def test_a_machine_of_which_the_tool_says_that_it_has_none_has_none(one):
    start, end = XML.index("<gpu id"), XML.rindex("</gpu>") + len("</gpu>")
    body = one("a.xml", (XML[:start] + XML[end:]).replace("<attached_gpus>2<", "<attached_gpus>0<")).body
    assert (body["gpu_status"], body["gpus"]) == ("none", [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (XML.replace("product_name>", "model>").replace("uuid>", "id>"), "neither product_name nor uuid"),
        (XML[:XML.index("<gpu id")] + "</nvidia_smi_log>", "lists no graphics processor"),
        (XML + XML, "more than one report"), (XML + "<a/>", "junk after document element"), (XML[:-30], "not well-formed"),
        (XML.replace("[", "").replace('v13.dtd"', 'v13.dtd" [<!ENTITY a "b">]'), "declarations of its own"),
    ],
)  # fmt: skip
def test_a_report_that_is_broken_or_lacks_what_is_known_is_not_read(content, reason, refused):
    assert reason in refused("a.xml", content)


def test_xml_that_only_mentions_a_report_is_another_document(read, write):
    reading = read(write("a.xml", "<notes><nvidia_smi_log/></notes>"))
    assert (reading.found, reading.not_read[0].reason) == ((), "no collector recognises it")


def test_a_trimmed_report_without_driver_and_count_is_partial(one):
    trimmed = XML.replace("<driver_version>595.80</driver_version>", "").replace("<attached_gpus>2</attached_gpus>", "")
    for name, content in (
        ("a.xml", trimmed),
        ("a.txt", TEXT.replace("Driver Version", "Version").replace("Attached", "All")),
    ):
        fact = one(name, content)
        assert (fact.quality.value, fact.tool_version, len(fact.body["gpus"])) == ("partial", None, 2)
        assert fact.quality_reasons == (
            "the version of the driver is not told", "the tool does not say how many graphics processors are attached",
        )  # fmt: skip


def test_memory_that_is_not_in_the_file_makes_it_partial(one):
    assert one("a.xml", XML.replace("fb_memory_usage", "memory_of_another_name")).quality.value == "partial"


def test_the_last_row_of_each_processor_counts_where_it_was_asked_again_and_again(one):
    body = one("a.csv", CSV).body
    assert (body["readings"], len(body["gpus"]), body["gpus"][1]["power_draw_watts"]) == (3, 2, 71.85)


def test_a_loop_that_was_cut_between_two_processors_is_partial(one):
    fact = one("a.csv", "\n".join(CSV.splitlines()[:-1]) + "\n")
    assert (fact.quality.value, "less often" in fact.quality_reasons[0]) == ("partial", True)


def test_columns_without_units_in_the_cells_take_them_from_the_header(one):
    plain = (
        "name, driver_version, uuid, memory.total [MiB], power.limit [W]\nNVIDIA L4, 470.82.01, GPU-1, 23034, 72.00\n"
    )
    gpu = one("a.csv", plain).body["gpus"][0]
    assert (gpu["memory_bytes"], gpu["power_limit_watts"], gpu["driver"]) == (23034 * 2**20, 72.0, "470.82.01")


def test_rows_that_nothing_tells_apart_are_partial(one):
    row = "NVIDIA L4, 470.82.01, 23034 MiB\n"
    fact = one("a.csv", "name, driver_version, memory.total [MiB]\n" + row * 3)
    assert (fact.quality.value, len(fact.body["gpus"])) == ("partial", 3)
    assert "one may be listed several times" in fact.quality_reasons[0]


def test_a_log_of_load_without_names_is_partial(one):
    fact = one(
        "a.csv", "timestamp, index, utilization.gpu [%], power.draw [W]\n2026/07/14 08:12:38.696, 0, 99 %, 631.95 W\n"
    )
    assert fact.quality.value == "partial"
    assert fact.quality_reasons == (
        "the version of the driver is not told", "the model of a graphics processor is not named",
    )  # fmt: skip


def test_a_table_without_its_header_says_how_to_ask_again(refused):
    row = "NVIDIA L4, GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01, 470.82.01, 23034 MiB\n"
    assert "without noheader" in refused("a.csv", row)


def test_a_table_of_processes_or_of_somebody_else_is_not_recognised(refused):
    assert (
        refused("a.csv", "pid, process_name, used_gpu_memory [MiB]\n1, /data/x, 5 MiB\n")
        == "no collector recognises it"
    )
    assert refused("b.csv", "name,uuid,index\na,b,c\n") == "no collector recognises it"


@pytest.mark.parametrize(("cut", "reason"), [
    (CSV[:-20], "has no end"), (CSV.replace(", 41\n", "\n", 1), "14 of 15 columns"), (CSV.splitlines()[0] + "\n", "without a row"),
    (CSV.replace("power.draw [W]", "power.draw [kW]"), "is in kW"),
])  # fmt: skip
def test_a_table_that_is_cut_or_of_other_units_is_not_read(cut, reason, refused):
    assert reason in refused("a.csv", cut)


def test_text_that_ends_before_the_processes_is_partial(one):
    fact = one("a.txt", TEXT[: TEXT.rindex("    Processes")])
    assert (fact.quality.value, "ends before its processes" in fact.quality_reasons[0]) == ("partial", True)


def test_a_warning_below_the_text_is_counted_and_not_copied(one):
    fact = one("a.txt", TEXT + "WARNING: infoROM is corrupted at gpu 0000:01:00.0\n")
    assert fact.quality_reasons == ("1 lines that are no part of a report, such as a warning of the driver",)


@pytest.mark.parametrize(("content", "reason"), [
    (TEXT[:-3], "has no end"), (TEXT + TEXT, "more than one report"),
    (TEXT.replace("Product Name", "Model").replace("GPU UUID", "Id"), "neither a Product Name"),
    (TEXT[: TEXT.index("GPU 0")], "lists no graphics processor"),
])  # fmt: skip
def test_text_that_is_cut_or_lacks_what_is_known_is_not_read(content, reason, refused):
    assert reason in refused("a.txt", content)


def test_old_text_with_other_sections_is_read(one):
    old = (
        TEXT.replace("ECC Mode", "Ecc Mode").replace("GPU Power Readings", "Power Readings")
        .replace("Average Power Draw    ", "Power Draw            ").replace("Instantaneous Power Draw", "Power Samples           ")
        .replace("Current Power Limit ", "Enforced Power Limit")
    )  # fmt: skip
    gpu = one("a.txt", old).body["gpus"][0]
    assert (gpu["power_draw_watts"], gpu["power_draw_method"], gpu["power_limit_watts"]) == (69.85, None, 700.0)
    assert gpu["ecc_enabled"] is True


NOTE = " [Deprecated; will be removed in CUDA 14.0. Use KMD Version instead]"


@pytest.mark.parametrize("gone", [False, True])
def test_driver_610_names_its_version_anew_and_keeps_the_limits_apart(gone, one):
    limits = XML[XML.index("<current_power_limit>") : XML.index("<min_power_limit>")]
    old = "" if gone else f"<driver_version>595.80{NOTE}</driver_version>"
    body = one(
        "a.xml",
        XML.replace(limits, f"<gpu_ceiling_power_limit>{limits}</gpu_ceiling_power_limit>")
        .replace("<driver_version>595.80</driver_version>", f"{old}<kmd_version>595.80</kmd_version>")
        .replace("<cuda_version>13.2</cuda_version>", "<cuda_umd_version>13.2</cuda_umd_version>"),
    ).body
    assert (body["driver"], body["cuda"], body["gpus"][1]["power_limit_watts"]) == ("595.80", "13.2", 700.0)

    lines = TEXT.replace("590.48.01\n", f"590.48.01{NOTE}\nKMD Version   : 590.48.01\n").splitlines(keepends=True)
    text = "".join(line for line in lines if not (gone and line.startswith("Driver Version")))
    ceiling = "        GPU Ceiling Power Limit\n            Current Power Limit "
    body = one("a.txt", text.replace("        Current Power Limit ", ceiling)).body
    assert (body["driver"], body["gpus"][1]["power_limit_watts"]) == ("590.48.01", 700.0)

    header = "kmd_version" if gone else "driver_version, kmd_version"
    first, *rows = CSV.replace("590.48.01", "590.48.01" if gone else f"590.48.01{NOTE}, 590.48.01").splitlines()
    body = one("a.csv", "\n".join([first.replace("driver_version", header), *rows]) + "\n").body
    assert body["driver"] == body["gpus"][0]["driver"] == "590.48.01"


@pytest.mark.parametrize(("name", "content"), FORMS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_what_powershell_turned_into_utf16_says_the_same(name, content, encoding, read, write, one):
    mark = "" if encoding == "utf-16" else "\ufeff"
    fact, *_ = read(write(name, (mark + content.replace("\n", "\r\n")).encode(encoding))).found
    assert fact.body == one(name, content).body
    assert fact.quality.value == "complete"


@pytest.mark.parametrize(("name", "content"), FORMS)
def test_utf16_that_was_cut_is_not_read(name, content, read, write):
    data = content.encode("utf-16")
    for end in (len(data) // 2 | 1, len(data) - 1):
        reading = read(write(name, data[:end]))
        assert reading.found == ()
        assert reading.not_read


@pytest.mark.parametrize(
    "said",
    [
        "No devices were found\n",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest ...\n\n",
        "Failed to initialize NVML: Driver/library version mismatch\n",
    ],
)
def test_a_report_that_never_came_says_that_the_driver_did_not_answer(said, refused):
    assert "came to no report" in refused("nvidia-smi.txt", said)


def test_a_word_among_the_rows_on_a_processor_that_did_not_answer_is_counted(one):
    header, first, *others = CSV.splitlines(keepends=True)
    fact = one(
        "a.csv",
        header + first + "Unable to determine the device handle for GPU0000:02:00.0: Unknown Error\n" + "".join(others),
    )
    assert len(fact.body["gpus"]) == 2
    assert fact.quality.value == "partial"
    assert fact.quality_reasons == (
        "1 lines that are no rows, such as a word on a graphics processor that did not answer",
    )


def test_a_table_that_was_added_to_keeps_the_last_row_and_passes_over_the_header_in_the_middle(one):
    fact = one("a.csv", CSV + CSV)
    assert (len(fact.body["gpus"]), fact.body["readings"], fact.quality.value) == (2, 6, "complete")


def test_a_log_without_a_column_that_tells_processors_apart_lists_one_of_each_model(one):
    rows = "".join(f"2026/01/03 15:36:53.{n:03}, NVIDIA L4, {n % 70}.09 W\n" for n in range(1400))
    fact = one("a.csv", "timestamp, name, power.draw [W]\n" + rows)
    assert [gpu["name"] for gpu in fact.body["gpus"]] == ["NVIDIA L4"]
    assert fact.body["readings"] == 1400
    assert fact.quality.value == "partial"
    assert any("1400 rows and no column that tells" in reason for reason in fact.quality_reasons)


def test_a_model_that_the_driver_does_not_know_is_no_name(one):
    fact = one("a.xml", XML.replace("NVIDIA H100 80GB HBM3", "Graphics Device"))
    assert (fact.body["gpus"][0]["name"], fact.quality.value) == ("not told", "partial")


def test_a_part_of_the_text_says_how_to_ask_again(refused):
    part = "".join(
        line for line in TEXT.splitlines(keepends=True) if "Product Name" not in line and "GPU UUID" not in line
    )
    assert "without -d" in refused("a.txt", part)


def test_a_table_drowned_in_other_lines_is_not_read(refused):
    assert "more than 10,000 lines that are no rows" in refused("a.csv", CSV + "junk\n" * 20_000)


def test_a_section_above_the_processors_is_no_strange_line(one):
    section = (
        "vGPU Driver Capability\n        Heterogenous Multi-vGPU           : Supported\n        Other : Supported\n\n"
    )
    fact = one("a.txt", TEXT.replace("Attached GPUs", section + "Attached GPUs", 1))
    assert (fact.quality.value, fact.body) == ("complete", one("b.txt", TEXT).body)
    strange = one("c.txt", TEXT.replace("Attached GPUs", "WARNING: something\nAttached GPUs", 1))
    assert strange.quality_reasons == ("1 lines that are no part of a report, such as a warning of the driver",)


@pytest.mark.parametrize("day", ["", "Wed Aug 26 15:47:19 2026       \n"])
def test_the_overview_for_people_says_what_to_run_instead(day, refused):
    frame = "+" + "-" * 77 + "+\n| NVIDIA-SMI 535.129.03   Driver Version: 535.129.03   CUDA Version: 12.2     |\n"
    assert "nvidia-smi -q -x" in refused("nvidia-smi.txt", day + frame)


def test_rows_that_are_as_many_as_the_tool_counts_are_a_processor_each(one):
    row = "2, NVIDIA L40, 580.126.09, 46068 MiB\n"
    fact = one("a.csv", "count, name, driver_version, memory.total [MiB]\n" + row * 2)
    assert (len(fact.body["gpus"]), fact.quality.value) == (2, "complete")
    assert one("b.csv", "count, name, driver_version, memory.total [MiB]\n" + row).quality.value == "partial"
