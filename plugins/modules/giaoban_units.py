"""Has systemd units run, or not, now and after a boot; in one call for all units of a role."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: giaoban_units
short_description: Starts, stops and enables systemd units in one call
description:
  - systemd reads its files again where it says itself that it needs to, or does not know a unit.
  - Unlike a loop over ansible.builtin.systemd_service it asks once for all units, and acts only on
    those that are not as they are to be.
options:
  running: {description: Units to run now and after a boot., type: list, elements: str, default: []}
  stopped: {description: Units to run neither now nor then., type: list, elements: str, default: []}
author: giaoban
"""

RETURN = """
commands:
  description: What systemctl was told, or would be.
  type: list
  elements: str
  returned: always
"""

_ASKED = ("LoadState", "ActiveState", "UnitFileState", "NeedDaemonReload")
_RUNS = ("active", "activating", "reloading")
_ENABLED = ("enabled", "static", "indirect", "generated", "alias")
_ENDED = ("inactive", "failed")


def main() -> None:
    """Run as a module."""
    module = AnsibleModule(
        argument_spec={
            name: {"type": "list", "elements": "str", "default": []}
            for name in ("running", "stopped")
        },
        supports_check_mode=True,
    )
    running, stopped = module.params["running"], module.params["stopped"]
    states = _states(module, [*running, *stopped])
    if not module.check_mode and any(map(_is_unread, states.values())):
        # Not told as a change: nothing that runs is different for it.
        _tell(module, ["daemon-reload"])
        states = _states(module, [*running, *stopped])
    unknown = [unit for unit in running if states[unit]["LoadState"] != "loaded"]
    if unknown and not module.check_mode:
        found = ", ".join(f"{unit} is {states[unit]['LoadState']}" for unit in unknown)
        module.fail_json(msg=f"{found}; expected loaded: see `systemctl status {unknown[0]}`")
    acts = {
        "enable": [unit for unit in running if states[unit]["UnitFileState"] not in _ENABLED],
        "start": [unit for unit in running if states[unit]["ActiveState"] not in _RUNS],
        "disable": [unit for unit in stopped if states[unit]["UnitFileState"] == "enabled"],
        "stop": [unit for unit in stopped if states[unit]["ActiveState"] not in _ENDED],
    }
    commands = [[verb, *units] for verb, units in acts.items() if units]
    if not module.check_mode:
        for command in commands:
            _tell(module, command)
    module.exit_json(changed=bool(commands), commands=[" ".join(command) for command in commands])


def _states(module: AnsibleModule, units: list[str]) -> dict[str, dict[str, str]]:
    """Give what systemd says of each unit, under the name by which it was asked."""
    if not units:
        return {}
    told = _tell(module, ["show", f"--property={','.join(_ASKED)}", *units])
    blocks = [
        dict(line.split("=", 1) for line in block.splitlines())
        for block in told.strip().split("\n\n")
    ]
    return dict(zip(units, blocks, strict=True))


def _is_unread(state: dict[str, str]) -> bool:
    return state["NeedDaemonReload"] == "yes" or state["LoadState"] == "not-found"


def _tell(module: AnsibleModule, words: list[str]) -> str:
    code, out, error = module.run_command(["systemctl", *words])
    if code != 0:
        module.fail_json(msg=f"systemctl {' '.join(words)}: {error.strip() or out.strip()}")
    return str(out)


if __name__ == "__main__":
    main()
