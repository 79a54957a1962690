"""What the provider decides: shapes, differences, and who must be made anew."""

from __future__ import annotations

from pulumi.provider.experimental.property_value import PropertyValue

from giaoban.datacentre.provider import check_failures, diff_response, shrinking

_NETWORK, _SERVER = "giaoban:index:Network", "giaoban:index:Server"


def _properties(**values: object) -> dict[str, PropertyValue]:
    return {name: PropertyValue(value) for name, value in values.items()}  # type: ignore[arg-type]


def test_a_sound_network_has_no_failure() -> None:
    assert check_failures(_NETWORK, _properties(name="internal", vlan=80.0)) == []


def test_a_childs_type_is_its_own() -> None:
    parent = f"giaoban:index:DataCentre${_NETWORK}"
    assert check_failures(parent, _properties(name="internal", vlan=80.0)) == []


def test_each_input_that_does_not_fit_is_named() -> None:
    failures = check_failures(_NETWORK, _properties(name="../etc", vlan=5000.0, colour="red"))
    assert sorted(failure.property for failure in failures) == ["colour", "name", "vlan"]


def test_what_is_not_known_yet_is_no_failure() -> None:
    unknown = {"name": PropertyValue("internal"), "vlan": PropertyValue.computed()}
    assert check_failures(_NETWORK, unknown) == []
    (failure,) = check_failures(_NETWORK, _properties(name="internal"))
    assert failure.property == "vlan"


def test_a_path_of_the_first_boot_stays_in_its_place() -> None:
    for path, sound in (
        ("/root/.ssh/authorized_keys", True),
        ("/etc/../root/x", False),
        ("etc/x", False),
    ):
        file = PropertyValue({"path": PropertyValue(path), "text": PropertyValue("")})
        failures = check_failures(_SERVER, {"first_boot": PropertyValue([file])})
        assert any("first_boot" in failure.property for failure in failures) != sound, path


def test_equal_is_no_change() -> None:
    found = diff_response({"name": "a", "vlan": 80, "born": "x"}, {"name": "a", "vlan": 80}, set())
    assert (found.changes, found.diffs, found.replaces) == (False, [], [])


def test_a_change_in_place() -> None:
    found = diff_response({"cpus": 2, "memory": 1}, {"cpus": 4, "memory": 1}, set())
    assert (found.changes, found.diffs, found.replaces) == (True, ["cpus"], [])
    assert not found.delete_before_replace


def test_another_hypervisor_makes_another_server_once_the_first_is_gone() -> None:
    found = diff_response({"hypervisor": "hv-a"}, {"hypervisor": "hv-b"}, set())
    assert (found.replaces, found.delete_before_replace) == (["hypervisor"], True)


def test_what_only_birth_reads_changes_nothing() -> None:
    before = {"image": "debian-13", "first_boot": []}
    after = {"image": "debian-14", "first_boot": [{"path": "/a", "text": "b"}]}
    assert not diff_response(before, after, set()).changes


def test_what_is_ignored_changes_nothing() -> None:
    assert not diff_response({"cpus": 2}, {"cpus": 4}, {"cpus"}).changes


def test_a_disk_that_would_shrink_is_refused_unless_the_server_is_made_anew() -> None:
    before = {"name": "sv-a", "hypervisor": "hv-a", "disk": 20}
    (failure,) = shrinking(before, before | {"disk": 10})
    assert failure.property == "disk"
    assert failure.reason.startswith("sv-a: its disk is 20 bytes and cannot shrink to 10; ")
    assert shrinking(before, before | {"disk": 10, "hypervisor": "hv-b"}) == []
    assert shrinking(before, before | {"disk": 30}) == []
    assert shrinking({}, before) == []


def test_what_is_imported_is_taken_as_it_stands_and_changed_by_the_next_run() -> None:
    seen = {"name": "sv-a", "hypervisor": "hv-a", "cpus": 1, "adopted_from": "somebody"}
    asked = {"name": "sv-a", "hypervisor": "hv-a", "cpus": 2, "network": "internal", "owner": "x"}
    assert not diff_response(seen | {"as_it_stands": True}, asked, set()).changes
    found = diff_response(seen, asked, set())
    assert (found.diffs, found.replaces) == (["cpus", "owner"], [])
    assert diff_response(seen, asked | {"hypervisor": "hv-b"}, set()).replaces == ["hypervisor"]
