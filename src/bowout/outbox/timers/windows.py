"""Describe the task of Task Scheduler: learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from bowout.outbox.timers.base import EVERY, Kind, Machine, Timer

_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"


def timer(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    path = machine.home / "AppData" / "Local" / "bowout" / f"{name}.xml"
    # pythonw opens no window every five minutes.
    program = re.sub(r"python\.exe$", "pythonw.exe", command[0], flags=re.IGNORECASE)
    tree = {
        "RegistrationInfo": {"Description": "Send the letters armed with bowout that are due"},
        "Triggers": {
            "TimeTrigger": {
                "Repetition": {"Interval": f"PT{EVERY}M", "StopAtDurationEnd": "false"},
                "StartBoundary": "2026-01-01T00:00:00",
                "Enabled": "true",
            },
            "LogonTrigger": {"Enabled": "true"},
        },
        "Principals": {"Principal": {"LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}},
        "Settings": {
            "MultipleInstancesPolicy": "IgnoreNew",
            "DisallowStartIfOnBatteries": "false",
            "StopIfGoingOnBatteries": "false",
            "StartWhenAvailable": "true",
            "ExecutionTimeLimit": "PT1H",
        },
        "Actions": {"Exec": {"Command": program, "Arguments": subprocess.list2cmdline(command[1:])}},
    }
    root = ET.Element("Task", {"version": "1.2", "xmlns": _TASK})
    _fill(root, tree)
    return Timer(
        kind=Kind.TASK_SCHEDULER,
        name=name,
        command=command,
        files=((path, ET.tostring(root, encoding="utf-16", xml_declaration=True)),),
        on=(("schtasks", "/Create", "/TN", name, "/XML", str(path), "/F"),),
        off=(("schtasks", "/Delete", "/TN", name, "/F"),),
        start=("schtasks", "/Run", "/TN", name),
        state=("schtasks", "/Query", "/V", "/FO", "LIST", "/TN", name),
        asleep="it runs once after waking or switching on, and at login",
    )


def _fill(parent: ET.Element, tree: Mapping[str, object]) -> None:
    for name, content in tree.items():
        child = ET.SubElement(parent, name)
        if isinstance(content, Mapping):
            _fill(child, content)
        else:
            child.text = str(content)
