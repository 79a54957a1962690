"""Every kind of problem: the smallest change of small.yml (or other input) that makes it, and its words.

Expected is `file:line:column «what the carets mark» message; hint`, for all problems of that input.
"""
# ruff: noqa: E501  # a message stands on one line, as its reader sees it

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """An intent with a mistake: edits of small.yml, or files and links, and what is said of it."""

    kind: str
    expected: tuple[str, ...]
    edits: tuple[tuple[str, str], ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    path: str = "intent.yml"


# Eight lists of ten aliases each: a hundred million values in a few lines.
_LAUGHS = b"sites: &a0 [x]\n" + b"".join(
    b"k%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 9)
)

# What one slot needs in small.yml: its zone, a hypervisor, and the servers that serve it.
_SLOT_ZONE = (
    "  - { name: hall, number: 5,",
    "  - { name: internal, number: 8, vlan: 80, tiers: [data_centre] }\n  - { name: hall, number: 5,",
)
_SLOT_SERVERS = (
    """  cores: [core-1, core-2]
  servers:
    - { name: noc-1, zone: noc, number: 10, groups: [noc] }
""",
    """  cores: [core-1, core-2]
  hypervisors:
    - { name: kvm-1, number: 1, cpus: 8, memory: 32 GiB, disk: 1 TiB }
  servers:
    - { name: noc-1, zone: noc, number: 10, groups: [noc] }
    - { name: web-1, zone: internal, number: 11, groups: [web, database] }
""",
)


def _slots(*slots: str) -> tuple[str, str]:
    """Give the edit that adds these slots, each one's own keys over those of a sound one."""
    lines = ["slots:"]
    for slot in slots:
        own = dict(pair.split(": ", 1) for pair in slot.split("; "))
        keys = {
            "name": "trang-a",
            "title": "Trang A",
            "owner": "so-noi-vu",
            "application": "department-site",
            "host": "a",
            "number": "12",
            "database": "true",
            "backup": "daily",
            "machine": "{ hypervisor: kvm-1, cpus: 1, memory: 1 GiB, disk: 4 GiB }",
        } | own
        first, *others = (f"{key}: {value}" for key, value in keys.items())
        lines += [f"  - {first}", *(f"    {other}" for other in others)]
    return ("centre:\n  name", "\n".join(lines) + "\ncentre:\n  name")


_OPERATORS = "operators:\n"
_BA = "  - { slug: le-van-ba, name: Lê Văn Ba, level: operator }\n"

CASES = (
    Case(
        "no-such-path",
        ("absent no such file or folder; give the folder of a province, as inventory/daknong",),
        path="absent",
    ),
    Case(
        "no-files",
        (". no YAML file in this folder; put the intent there, as province.yml, sites.yml …",),
        files={"giaoban.yml": b"plugin: giaoban\n", ".hidden.yml": b"a: 1\n"},
        path=".",
    ),
    Case(
        "unreadable",
        (
            "sites.yml cannot be read (No such file or directory); look at its owner and permissions",
        ),
        links={"sites.yml": "nowhere"},
        path=".",
    ),
    Case(
        "not-utf8",
        (
            "intent.yml:2:17 «�» byte 0xD0 is not UTF-8; save the file as UTF-8 (old Vietnamese files are often TCVN3, VNI or windows-1258)",
        ),
        files={"intent.yml": b"sites:\n  - name: Huy\xe1\xbb\x87n \xd0k\n"},
    ),
    Case(
        "utf16",
        ("intent.yml:1:1 the file is UTF-16, expected UTF-8; save the file as UTF-8",),
        files={"intent.yml": b"\xff\xfes\x00i\x00t\x00e\x00s\x00:\x00 \x00[\x00]\x00\n\x00"},
    ),
    Case(
        "empty-file",
        ("intent.yml:1:1 the file is empty; write its keys or delete the file",),
        files={"intent.yml": b""},
    ),
    Case(
        "empty-file",
        ("intent.yml:1:1 «#» the file is empty; write its keys or delete the file",),
        files={"intent.yml": b"\xef\xbb\xbf# only a comment\n"},
    ),
    Case(
        "control-character",
        (
            "intent.yml:41:13 «\u200b» character U+200B has no place here; delete it or use a space",
            "intent.yml:41:14 «\u2028» character U+2028 has no place here; delete it or use a space",
            "intent.yml:41:17 «\x1b» character U+001B has no place here; delete it or use a space",
        ),
        edits=(("name: Xã B", "name: Xã\u200b\u2028 B\x1b"),),
    ),
    Case(
        "tab",
        (
            "intent.yml:28:1 «\t» a tab is used for indentation; YAML knows only spaces: put spaces there",
            "intent.yml:29:3 «\t» a tab is used for indentation; YAML knows only spaces: put spaces there",
        ),
        edits=(("    number: 2\n    parent: trung-tam\n", "\tnumber: 2\n  \tparent: trung-tam\n"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:58:6 «:» not readable as YAML: did not find expected ',' or '}'; close the '{' above with '}', or put ',' between entries",
        ),
        edits=(("mtu: 1500 }", "mtu: 1500"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:22:13 «:» not readable as YAML: mapping values are not allowed in this context; put a text that holds ': ' in quotes, or indent this line as the one above",
        ),
        edits=(("name: Sở Nội vụ", "name: Sở: Nội vụ"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:82:16 «:» not readable as YAML: did not find expected ',' or ']'; close the '[' above with ']', or put ',' between entries",
        ),
        edits=(("prefixes_ipv4: [10.248.0.0/16]", "prefixes_ipv4: [10.248.0.0/16"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:23:4 «t» not readable as YAML: did not find expected '-' indicator; start this line as the entries above, with '- '",
        ),
        edits=(("    tier: department\n", "   tier: department\n"),),
    ),
    Case(
        "duplicate-key",
        (
            "intent.yml:30:5 «slug» key 'slug' is written twice, first on line 25; keep one of the two",
            "intent.yml:31:5 «name» key 'name' is written twice, first on line 26; keep one of the two",
            "intent.yml:32:5 «tier» key 'tier' is written twice, first on line 27; keep one of the two",
            "intent.yml:33:5 «number» key 'number' is written twice, first on line 28; keep one of the two",
            "intent.yml:34:5 «parent» key 'parent' is written twice, first on line 29; keep one of the two",
            "intent.yml:44:13 «huyen-b» site 'xa-b': parent 'huyen-b' does not exist; did you mean 'huyen-a'?",
            "intent.yml:49:13 «huyen-b» site 'xa-cu': parent 'huyen-b' does not exist; did you mean 'huyen-a'?",
            "intent.yml:54:13 «huyen-b» circuit 'huyen-b-1': no site 'huyen-b'; did you mean 'huyen-a'?",
            "intent.yml:56:23 «huyen-b» circuit 'xa-a-2': no district or core router 'huyen-b'; did you mean 'huyen-a'?",
            "intent.yml:57:23 «huyen-b» circuit 'xa-b-1': no district or core router 'huyen-b'; did you mean 'huyen-a'?",
        ),
        edits=(("  - slug: huyen-b", "    slug: huyen-b"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:82:20 «f» not readable as YAML: did not find expected key; indent this line as the other keys above",
        ),
        edits=(("name: Xã B", 'name: "Xã B'),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:41:11 «@» not readable as YAML: found character that cannot start any token; put the text in quotes",
        ),
        edits=(("name: Xã B", "name: @xa-b"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:51:1 «c» not readable as YAML: could not find expected ':'; put ': ' after the key here or above, or quotes around text",
        ),
        edits=(("    retired: true\n", "    retired\n"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:16:8 «-» not readable as YAML: block sequence entries are not allowed in this context; start the list on a line of its own",
        ),
        edits=(("sites:\n", "sites: - slug: x\n"),),
    ),
    Case(
        "syntax",
        (
            "intent.yml:42:5 «%» not readable as YAML: found character that cannot start any token; put the text in quotes",
        ),
        edits=(("name: Xã B", "name: Xã B\n    %x"),),
    ),
    Case(
        "second-document",
        ("intent.yml:51:1 «---» a second YAML document starts here; put it in a file of its own",),
        edits=(("circuits:\n", "---\ncircuits:\n"),),
    ),
    Case(
        "not-a-mapping",
        (
            "intent.yml:1:1 «-» the file holds a list, expected keys such as 'sites:'; start with a top-level key",
        ),
        files={"intent.yml": b"- a\n- b\n"},
    ),
    Case(
        "not-a-mapping",
        (
            "intent.yml:1:1 «sites» the file holds 'sites', expected keys such as 'sites:'; start with a top-level key",
        ),
        files={"intent.yml": b"sites\n"},
    ),
    Case(
        "duplicate-key",
        (
            "intent.yml:37:5 «name» key 'name' is written twice, first on line 36; keep one of the two",
        ),
        edits=(("    name: Xã A\n", "    name: Xã A\n    name: Xã AA\n"),),
    ),
    Case(
        "key-in-two-files",
        (
            "a.yml:1:8 «[» no live site has the tier data_centre; add the data centre, with number 1",
            "b.yaml:1:8 «[» no zone 'management', which every province needs; add it for data_centre, department, district, commune",
            "b.yaml:1:8 «[» no zone 'noc', which every province needs; add it for data_centre",
            "b.yaml:1:8 «[» no zone 'office', which every province needs; add it for data_centre, department, district, commune",
            "b.yaml:1:8 «[» no zone 'video', which every province needs; add it for data_centre, department, district, commune",
            "b.yaml:2:1 «sites» key 'sites' is already at a.yml:1:1; a top-level key stands in one file: join the two",
        ),
        files={
            "a.yml": b"sites: []\n",
            "b.yaml": b"zones: []\nsites: []\n",
            "giaoban.yml": b"sites: []\n",
        },
        path=".",
    ),
    Case(
        "complex-key",
        ("intent.yml:14:7 «[» a key is a list, expected a word; write a plain word",),
        edits=(("{ slug: vnpt, ", "{ [slug, x]: vnpt, "),),
    ),
    Case(
        "tag",
        (
            "intent.yml:28:13 «!!int 2» tag '!!int' is not known here; remove it; put text in quotes instead",
        ),
        edits=(("number: 2\n    parent: trung-tam", "number: !!int 2\n    parent: trung-tam"),),
    ),
    Case(
        "tag",
        (
            "intent.yml:63:47 «!set [» tag '!set' is not known here; remove it; put text in quotes instead",
        ),
        edits=(("tiers: [district]", "tiers: !set [district]"),),
    ),
    Case(
        "alias",
        (
            "intent.yml:14:25 «*vnpt» '*vnpt' names no finished anchor; write '&vnpt' before it, on another value",
        ),
        edits=(("name: VNPT", "name: *vnpt"),),
    ),
    Case(
        "alias",
        (
            "intent.yml:2:5 «*all» '*all' names no finished anchor; write '&all' before it, on another value",
        ),
        files={"intent.yml": b"sites: &all\n  - *all\n"},
    ),
    Case(
        "too-deep",
        ("intent.yml:1:39 «[» nested more than 32 deep; an intent is 5 deep at most",),
        files={"intent.yml": b"sites: " + b"[" * 500 + b"]" * 500},
    ),
    Case(
        "too-many",
        (
            "intent.yml:6:5 «&a5 [» more than 2,000,000 values, aliases counted; write fewer or split it",
        ),
        files={"intent.yml": _LAUGHS},
    ),
    Case(
        "missing-top",
        (
            "intent.yml missing: rules; add what is missing at the top level; docs/reference/intent.schema.json says what each holds",
        ),
        edits=(
            (
                "rules:\n  - { source: noc, target: office, services: [ping, https] }\n  - { source: noc, target: management, services: [ping] }\n",
                "",
            ),
        ),
    ),
    Case(
        "missing-key",
        (
            "intent.yml:25:5 «s» site 'huyen-a': 'name' is missing; add 'name: …' (name as people write it)",
        ),
        edits=(("    name: Huyện A\n", ""),),
    ),
    Case(
        "missing-key",
        (
            "intent.yml:57:5 «{» circuit 'xa-b-1': 'rate' is missing; add 'rate: …' (committed rate with its unit, such as '20 Mbit/s')",
        ),
        edits=(("rate: 20 Mbit/s, mtu: 1500", "mtu: 1500"),),
    ),
    Case(
        "missing-key",
        ("intent.yml:11:3 «b» network: 'noc' is missing; add 'noc: …' (whom a technician calls)",),
        edits=(("  noc: { name: Trực mạng, phone: 0000 000 001 }\n", ""),),
    ),
    Case(
        "missing-item",
        ("intent.yml:74:10 «[» data_centre: entry 2 is missing; write 2 of them",),
        edits=(
            ("cores: [core-1, core-2]", "cores: [core-1]"),
            ("{ site: huyen-b, to: core-2", "{ site: huyen-b, to: core-1"),
        ),
    ),
    Case(
        "unknown-key",
        ("intent.yml:57:80 «mtuu» circuit 'xa-b-1': unknown key 'mtuu'; did you mean 'mtu'?",),
        edits=(("mtu: 1500", "mtuu: 1500"),),
    ),
    Case(
        "unknown-key",
        (
            "intent.yml missing: centre; add what is missing at the top level; docs/reference/intent.schema.json says what each holds",
            "intent.yml:78:1 «center» intent: unknown key 'center'; did you mean 'centre'?",
        ),
        edits=(("centre:\n  name", "center:\n  name"),),
    ),
    Case(
        "unknown-key",
        (
            "intent.yml:51:5 «colour» site 'xa-cu': unknown key 'colour'; known: access_ports, gso_code, lan, managed_by, media_server, meeting_node, name, number, parent, prefixes, retired, slug and 2 more",
        ),
        edits=(("    retired: true", "    retired: true\n    colour: red"),),
    ),
    Case(
        "unknown-key",
        (
            "intent.yml:75:3 «<<» data_centre: unknown key '<<'; known: cores, hypervisors, servers, snmp",
        ),
        edits=(("  servers:\n", "  <<: { a: b }\n  servers:\n"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:5:13 «99» province: 'gso_code' is 99, expected text; write it in quotes: \"99\"",
        ),
        edits=(('gso_code: "99"', "gso_code: 99"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:28:13 «\"2\"» site 'huyen-a': 'number' is '2', expected a whole number; write digits only, without quotes",
        ),
        edits=(("number: 2\n    parent: trung-tam", 'number: "2"\n    parent: trung-tam'),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:28:13 «2.5» site 'huyen-a': 'number' is 2.5, expected a whole number; write digits only, without quotes",
        ),
        edits=(("number: 2\n    parent: trung-tam", "number: 2.5\n    parent: trung-tam"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:28:13 «1e999» site 'huyen-a': 'number' is '1e999', expected a whole number; write digits only, without quotes",
        ),
        edits=(("number: 2\n    parent: trung-tam", "number: 1e999\n    parent: trung-tam"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:8:19 «10.64» province: 'ipv4' is 10.64, expected an IPv4 prefix; write it as in '10.64.0.0/14'",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 10.64"),),
    ),
    Case(
        "missing-key",
        (
            "intent.yml:3:3 «s» province: 'domain' is missing; add 'domain: …' (DNS domain of the province, such as daknong.gov.vn)",
        ),
        edits=(("  domain: vidu.example\n", ""),),
    ),
    Case(
        "missing-key",
        ("intent.yml:35:5 «s» site 'xa-a': 'number' is missing; add 'number: …' (never reused)",),
        edits=(("    number: 1\n    parent: huyen-a", "    parent: huyen-a"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:50:14 «yes» site 'xa-cu': 'retired' is 'yes', expected true or false; write true or false",
        ),
        edits=(("    retired: true", "    retired: yes"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:63:47 «district» zone 'hall': 'tiers' is 'district', expected a list; write [a, b], or lines that start with '- '",
        ),
        edits=(("tiers: [district]", "tiers: district"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:74:10 «core-1» data_centre: 'cores' is 'core-1', expected a list; write [a, b], or lines that start with '- '",
        ),
        edits=(("cores: [core-1, core-2]", "cores: core-1"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:12:7 «» network: 'noc' is nothing, expected keys and values; write 'key: value' lines below it, or { key: value }",
        ),
        edits=(("  noc: { name: Trực mạng, phone: 0000 000 001 }", "  noc:"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:66:43 «https» service 'https': entry 1 of 'ports' is 'https', expected a whole number; write digits only, without quotes",
        ),
        edits=(("ports: [443]", "ports: [https]"),),
    ),
    Case(
        "wrong-type",
        (
            "intent.yml:14:5 «vnpt» carriers: entry 1 is 'vnpt', expected keys and values; write 'key: value' lines below it, or { key: value }",
        ),
        edits=(("  - { slug: vnpt, name: VNPT, phone: 0000 000 101 }", "  - vnpt"),),
    ),
    Case(
        "not-one-of",
        (
            "intent.yml:27:11 «distict» site 'huyen-a': 'tier' is 'distict', expected one of data_centre, department, district, commune; did you mean 'district'?",
        ),
        edits=(("    tier: district\n    number: 2", "    tier: distict\n    number: 2"),),
    ),
    Case(
        "not-one-of",
        (
            "intent.yml:27:11 «huyện» site 'huyen-a': 'tier' is 'huyện', expected one of data_centre, department, district, commune; write one of the 4",
        ),
        edits=(("    tier: district\n    number: 2", "    tier: huyện\n    number: 2"),),
    ),
    Case(
        "not-one-of",
        (
            "intent.yml:65:29 «sctp» service 'ping': 'protocol' is 'sctp', expected one of tcp, udp, icmp; write one of the 3",
        ),
        edits=(("protocol: icmp", "protocol: sctp"),),
    ),
    Case(
        "out-of-range",
        (
            "intent.yml:43:13 «0» site 'xa-b': 'number' is 0, expected a number from 1 to 640; write a number from 1 to 640",
        ),
        edits=(("    number: 2\n    parent: huyen-b", "    number: 0\n    parent: huyen-b"),),
    ),
    Case(
        "out-of-range",
        (
            "intent.yml:63:36 «4095» zone 'hall': 'vlan' is 4095, expected a number from 2 to 4094; write a number from 2 to 4094",
        ),
        edits=(("vlan: 50", "vlan: 4095"),),
    ),
    Case(
        "out-of-range",
        (
            "intent.yml:9:8 «65000» province: 'asn' is 65000, expected a number from 4200000000 to 4294967294; write a number from 4200000000 to 4294967294",
        ),
        edits=(("asn: 4200670000", "asn: 65000"),),
    ),
    Case(
        "out-of-range",
        (
            "intent.yml:57:85 «1279» circuit 'xa-b-1': 'mtu' is 1279, expected a number from 1280 to 9216; write a number from 1280 to 9216",
        ),
        edits=(("mtu: 1500", "mtu: 1279"),),
    ),
    Case(
        "bad-name",
        (
            "intent.yml:45:11 «Xã Cũ» site 'Xã Cũ': 'slug' is 'Xã Cũ', expected small letters, digits and single hyphens, a letter first; write 'xa-cu'",
        ),
        edits=(("slug: xa-cu", "slug: Xã Cũ"),),
    ),
    Case(
        "bad-name",
        (
            "intent.yml:63:13 «Hội trường 2» zone 'Hội trường 2': 'name' is 'Hội trường 2', expected small letters a-z only; write 'hoitruong'",
        ),
        edits=(("name: hall", "name: Hội trường 2"),),
    ),
    Case(
        "bad-name",
        (
            "intent.yml:45:11 «xa--cu-» site 'xa--cu-': 'slug' is 'xa--cu-', expected small letters, digits and single hyphens, a letter first; write 'xa-cu'",
        ),
        edits=(("slug: xa-cu", "slug: xa--cu-"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:6:11 «VíDụ» province: 'domain' is 'VíDụ', expected a DNS domain in small letters; write it as in 'daknong.gov.vn'",
        ),
        edits=(("domain: vidu.example", "domain: VíDụ"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:7:13 «gmt+7» province: 'timezone' is 'gmt+7', expected a name of the tz database; write it as in 'Asia/Ho_Chi_Minh'",
        ),
        edits=(("timezone: Asia/Ho_Chi_Minh", "timezone: gmt+7"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:5:13 «\"9A\"» province: 'gso_code' is '9A', expected digits; write it as in '24643'",
        ),
        edits=(('gso_code: "99"', 'gso_code: "9A"'),),
    ),
    Case(
        "not-one-line",
        (
            "intent.yml:41:11 «\"Xã\\n B\"» site 'xa-b': 'name' holds a line break or another control character; write it on one line",
        ),
        edits=(("name: Xã B", 'name: "Xã\\n B"'),),
    ),
    Case(
        "not-one-line",
        (
            "intent.yml:41:11 «\"Xã \\u202EB\"» site 'xa-b': 'name' holds a line break or another control character; write it on one line",
        ),
        edits=(("name: Xã B", 'name: "Xã \\u202EB"'),),
    ),
    Case(
        "not-one-line",
        (
            "intent.yml:41:11 «\"\\u0338Xã B\"» site 'xa-b': 'name' holds a line break or another control character; write it on one line",
        ),
        edits=(("name: Xã B", 'name: "\\u0338Xã B"'),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:85:18 «10.248.255.256» link 'core-1': 'ours_ipv4' is '10.248.255.256', expected an IPv4 address; write it as in '10.248.255.1'",
        ),
        edits=(("ours_ipv4: 10.248.255.1\n", "ours_ipv4: 10.248.255.256\n"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:87:18 «10.248.255.1» link 'core-1': 'ours_ipv6' is '10.248.255.1', expected an IPv6 address; write it as in 'fd00:248:ffff::1'",
        ),
        edits=(("ours_ipv6: fd00:248:ffff::1\n", "ours_ipv6: 10.248.255.1\n"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:8:19 «10.64.0.0/33» province: 'ipv4' is '10.64.0.0/33', expected an IPv4 prefix; write it as in '10.64.0.0/14'",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 10.64.0.0/33"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:82:19 «10.248.0.0/16» centre: entry 1 of 'prefixes_ipv6' is '10.248.0.0/16', expected an IPv6 prefix; write it as in 'fd67:6700:a64::/48'",
        ),
        edits=(('prefixes_ipv6: ["fd00:248::/32"]', "prefixes_ipv6: [10.248.0.0/16]"),),
    ),
    Case(
        "host-bits",
        (
            "intent.yml:8:19 «10.65.0.0/14» province: 'ipv4' is '10.65.0.0/14', which has host bits set; write '10.64.0.0/14'",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 10.65.0.0/14"),),
    ),
    Case(
        "host-bits",
        (
            "intent.yml:8:39 «\"fd67:6700:a64::1/48\"» province: 'ipv6' is 'fd67:6700:a64::1/48', which has host bits set; write 'fd67:6700:a64::/48'",
        ),
        edits=(('"fd67:6700:a64::/48"', '"fd67:6700:a64::1/48"'),),
    ),
    Case(
        "too-long",
        (
            "intent.yml:57:58 «V-55555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555» circuit 'xa-b-1': 'reference' is 121 characters long, expected at most 120; shorten it",
        ),
        edits=(
            (
                "reference: V-5",
                "reference: V-55555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555",
            ),
        ),
    ),
    Case(
        "empty-text",
        ("intent.yml:14:38 «\"\"» carrier 'vnpt': 'phone' is empty; write something (fault desk)",),
        edits=(("phone: 0000 000 101", 'phone: ""'),),
    ),
    Case(
        "empty-text",
        (
            "intent.yml:98:18 «''» link 'core-2': 'reference' is empty; write something (the carrier's own circuit number, for the fault desk)",
        ),
        edits=(("reference: V-C-2", "reference: ''"),),
    ),
    Case(
        "empty-list",
        ("intent.yml:63:47 «[» zone 'hall': 'tiers' is an empty list; write at least one entry",),
        edits=(("tiers: [district]", "tiers: []"),),
    ),
    Case(
        "long-list",
        ("intent.yml:74:10 «[» data_centre: 'cores' has 3 entries, expected 2; remove the others",),
        edits=(("cores: [core-1, core-2]", "cores: [core-1, core-2, core-3]"),),
    ),
    Case(
        "bad-rate",
        (
            "intent.yml:57:69 «20 Mbps» circuit 'xa-b-1': 'rate' is '20 Mbps', expected a number and kbit/s, Mbit/s or Gbit/s; write it as '20 Mbit/s'",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: 20 Mbps, mtu"),),
    ),
    Case(
        "bad-rate",
        (
            "intent.yml:57:69 «20» circuit 'xa-b-1': 'rate' is 20, expected a number and kbit/s, Mbit/s or Gbit/s; write it as '20 Mbit/s'",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: 20, mtu"),),
    ),
    Case(
        "bad-rate",
        (
            "intent.yml:57:69 «fast» circuit 'xa-b-1': 'rate' is 'fast', expected a number and kbit/s, Mbit/s or Gbit/s; write it as '20 Mbit/s'",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: fast, mtu"),),
    ),
    Case(
        "bad-rate",
        (
            "intent.yml:57:69 «1111111111111 Mbit/s» circuit 'xa-b-1': 'rate' is '1111111111111 Mbit/s', expected a number and kbit/s, Mbit/s or Gbit/s; write it as '20 Mbit/s'",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: 1111111111111 Mbit/s, mtu"),),
    ),
    Case(
        "bad-rate",
        (
            "intent.yml:57:69 «\"0,5 g\"» circuit 'xa-b-1': 'rate' is '0,5 g', expected a number and kbit/s, Mbit/s or Gbit/s; write it as '0.5 Gbit/s'",
        ),
        edits=(("rate: 20 Mbit/s, mtu", 'rate: "0,5 g", mtu'),),
    ),
    Case(
        "no-rate",
        (
            "intent.yml:57:69 «0 Mbit/s» circuit 'xa-b-1': 'rate' is '0 Mbit/s'; write the rate that the contract says",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: 0 Mbit/s, mtu"),),
    ),
    Case(
        "bad-form",
        (
            "intent.yml:87:18 «fd00:248:ffff::1/127» link 'core-1': 'ours_ipv6' is 'fd00:248:ffff::1/127', expected an IPv6 address; write it as in 'fd00:248:ffff::1'",
        ),
        edits=(("ours_ipv6: fd00:248:ffff::1\n", "ours_ipv6: fd00:248:ffff::1/127\n"),),
    ),
    Case(
        "duplicate-slug",
        (
            "intent.yml:45:11 «xa-b» site 'xa-b' is listed twice, first as 'Xã B'; give one of the two another slug, or remove it",
        ),
        edits=(("slug: xa-cu", "slug: xa-b"),),
    ),
    Case(
        "reserved-slug",
        (
            "intent.yml:45:11 «communes» site 'communes': the inventory uses this name itself; add what kind of place it is, as in 'xa-communes'",
        ),
        edits=(("slug: xa-cu", "slug: communes"),),
    ),
    Case(
        "reserved-slug",
        (
            "intent.yml:45:11 «district-x» site 'district-x': the inventory uses this name itself; add what kind of place it is, as in 'xa-district-x'",
        ),
        edits=(("slug: xa-cu", "slug: district-x"),),
    ),
    Case(
        "duplicate-number",
        (
            "intent.yml:43:13 «1» site 'xa-b': number 1 is already that of site 'xa-a'; the next free number is 2",
        ),
        edits=(("    number: 2\n    parent: huyen-b", "    number: 1\n    parent: huyen-b"),),
    ),
    Case(
        "duplicate-number",
        (
            "intent.yml:28:13 «1» site 'huyen-a': number 1 is already that of site 'so-noi-vu'; the next free number is 2",
        ),
        edits=(("    number: 2\n    parent: trung-tam", "    number: 1\n    parent: trung-tam"),),
    ),
    Case(
        "retired-number",
        (
            "intent.yml:43:13 «3» site 'xa-b': number 3 was that of the closed site 'xa-cu' and is not given again; the next free number is 2",
        ),
        edits=(("    number: 2\n    parent: huyen-b", "    number: 3\n    parent: huyen-b"),),
    ),
    Case(
        "number-too-high",
        (
            "intent.yml:28:13 «81» site 'huyen-a': number 81 is over 80, the highest of districts and departments; the next free number is 2",
        ),
        edits=(("    number: 2\n    parent: trung-tam", "    number: 81\n    parent: trung-tam"),),
    ),
    Case(
        "number-too-high",
        (
            "intent.yml:20:13 «2» site 'trung-tam': number 2 is over 1, the highest of the data centre; the next free number is 1",
        ),
        edits=(("tier: data_centre\n    number: 1", "tier: data_centre\n    number: 2"),),
    ),
    Case(
        "unknown-parent",
        (
            "intent.yml:39:13 «huyen-aa» site 'xa-a': parent 'huyen-aa' does not exist; did you mean 'huyen-a'?",
        ),
        edits=(("parent: huyen-a", "parent: huyen-aa"),),
    ),
    Case(
        "unknown-parent",
        (
            "intent.yml:39:13 «quan-hai-chau» site 'xa-a': parent 'quan-hai-chau' does not exist; known: trung-tam, huyen-a, huyen-b",
        ),
        edits=(("parent: huyen-a", "parent: quan-hai-chau"),),
    ),
    Case(
        "no-parent",
        (
            "intent.yml:35:5 «s» site 'xa-a': a commune without a parent; add 'parent: …', its district",
        ),
        edits=(("    parent: huyen-a\n", ""),),
    ),
    Case(
        "parent-tier",
        (
            "intent.yml:39:13 «so-noi-vu» site 'xa-a': parent 'so-noi-vu' is a department; a commune stands under a district or the data centre",
        ),
        edits=(("parent: huyen-a", "parent: so-noi-vu"),),
    ),
    Case(
        "parent-tier",
        (
            "intent.yml:29:13 «huyen-b» site 'huyen-a': parent 'huyen-b' is a district; a district stands under the data centre or nothing",
        ),
        edits=(("    number: 2\n    parent: trung-tam", "    number: 2\n    parent: huyen-b"),),
    ),
    Case(
        "parent-tier",
        (
            "intent.yml:21:13 «huyen-a» site 'trung-tam': parent 'huyen-a' is a district; the data centre stands under nothing: remove 'parent'",
        ),
        edits=(
            (
                "    tier: data_centre\n    number: 1",
                "    tier: data_centre\n    number: 1\n    parent: huyen-a",
            ),
            ("    number: 2\n    parent: trung-tam", "    number: 2"),
        ),
    ),
    Case(
        "parent-retired",
        (
            "intent.yml:45:13 «huyen-b» site 'xa-b': parent 'huyen-b' is closed; give it the parent it has now",
        ),
        edits=(
            (
                "    number: 3\n    parent: trung-tam",
                "    number: 3\n    parent: trung-tam\n    retired: true",
            ),
            (
                "  - { site: huyen-b, to: core-2, carrier: vnpt, reference: V-3, rate: 200 Mbit/s }\n",
                "",
            ),
            (
                "  - { site: xa-a, to: huyen-b, ordinal: 2, carrier: viettel, reference: T-1, rate: 10 Mbit/s, standby: true }\n",
                "",
            ),
            ("{ site: xa-b, to: huyen-b", "{ site: xa-b, to: huyen-a"),
        ),
    ),
    Case(
        "parent-loop",
        (
            "intent.yml:29:13 «huyen-b» site 'huyen-a': its parents lead back to itself (huyen-a → huyen-b → huyen-a); give one of them the data centre as parent",
            "intent.yml:34:13 «huyen-a» site 'huyen-b': its parents lead back to itself (huyen-b → huyen-a → huyen-b); give one of them the data centre as parent",
        ),
        edits=(
            ("    number: 2\n    parent: trung-tam", "    number: 2\n    parent: huyen-b"),
            ("    number: 3\n    parent: trung-tam", "    number: 3\n    parent: huyen-a"),
        ),
    ),
    Case(
        "parent-loop",
        (
            "intent.yml:39:13 «xa-a» site 'xa-a': its parents lead back to itself (xa-a → xa-a); give one of them the data centre as parent",
        ),
        edits=(("parent: huyen-a", "parent: xa-a"),),
    ),
    Case(
        "no-data-centre",
        (
            "intent.yml:17:3 «-» no live site has the tier data_centre; add the data centre, with number 1",
        ),
        edits=(
            (
                "  - slug: trung-tam\n    name: Trung tâm dữ liệu\n    tier: data_centre\n    number: 1\n",
                "",
            ),
            ("    number: 2\n    parent: trung-tam\n", "    number: 2\n"),
            ("    number: 3\n    parent: trung-tam\n", "    number: 3\n"),
        ),
    ),
    Case(
        "two-data-centres",
        (
            "intent.yml:23:11 «data_centre» site 'du-phong': a second data centre beside 'trung-tam'; a province has one: give this another tier, or retire the other",
        ),
        edits=(
            (
                "  - slug: so-noi-vu\n    name: Sở Nội vụ\n    tier: department\n    number: 1\n",
                "  - slug: du-phong\n    name: Dự phòng\n    tier: data_centre\n    number: 1\n",
            ),
            (
                "  - { site: so-noi-vu, to: core-1, carrier: vnpt, reference: V-1, rate: 100 Mbit/s }\n",
                "",
            ),
        ),
    ),
    Case(
        "meeting-node",
        (
            "intent.yml:40:19 «huyen-c» site 'xa-a': meeting_node 'huyen-c' does not exist; name the data centre, or a live district with 'media_server: true'",
        ),
        edits=(("    parent: huyen-a\n", "    parent: huyen-a\n    meeting_node: huyen-c\n"),),
    ),
    Case(
        "meeting-node",
        (
            "intent.yml:40:19 «so-noi-vu» site 'xa-a': meeting_node 'so-noi-vu' is a department; name the data centre, or a live district with 'media_server: true'",
        ),
        edits=(("    parent: huyen-a\n", "    parent: huyen-a\n    meeting_node: so-noi-vu\n"),),
    ),
    Case(
        "meeting-node",
        (
            "intent.yml:40:19 «huyen-b» site 'xa-a': meeting_node 'huyen-b' has no media server; name the data centre, or a live district with 'media_server: true'",
        ),
        edits=(("    parent: huyen-a\n", "    parent: huyen-a\n    meeting_node: huyen-b\n"),),
    ),
    Case(
        "media-server-zone",
        (
            "intent.yml:32:19 «true» site 'huyen-b': a media server, and districts have no zone 'meeting'; add the zone with 'district' among its tiers, or leave out 'media_server'",
        ),
        edits=(("    name: Huyện B\n", "    name: Huyện B\n    media_server: true\n"),),
    ),
    Case(
        "media-server-lan",
        (
            "intent.yml:33:19 «true» site 'huyen-b': a media server, and its lan is router_ports; it hangs on a switch of ours: write 'lan: managed', or leave out 'media_server'",
        ),
        edits=(
            (
                "    name: Huyện B\n",
                "    name: Huyện B\n    lan: router_ports\n    media_server: true\n",
            ),
        ),
    ),
    Case(
        "media-server-tier",
        (
            "intent.yml:40:19 «true» site 'xa-a': a media server in a commune; only districts have one; those of the data centre are servers of group 'meeting'",
        ),
        edits=(("    parent: huyen-a\n", "    parent: huyen-a\n    media_server: true\n"),),
    ),
    Case(
        "meeting-node",
        (
            "intent.yml:40:19 «huyen-c» site 'xa-a': meeting_node 'huyen-c' is closed; name the data centre, or a live district with 'media_server: true'",
        ),
        edits=(
            ("    parent: huyen-a\n", "    parent: huyen-a\n    meeting_node: huyen-c\n"),
            (
                "circuits:\n",
                "  - { slug: huyen-c, name: C, tier: district, number: 4, retired: true }\ncircuits:\n",
            ),
        ),
    ),
    Case(
        "duplicate-number",
        (
            "intent.yml:51:51 «3» site 'xa-c': number 3 is already that of site 'xa-cu'; the next free number is 4",
        ),
        edits=(
            (
                "circuits:\n",
                "  - { slug: xa-c, name: C, tier: commune, number: 3, parent: huyen-a, retired: true }\ncircuits:\n",
            ),
        ),
    ),
    Case(
        "circuit-to-itself",
        (
            "intent.yml:53:26 «huyen-a» circuit 'huyen-a-1' leads from 'huyen-a' to itself; name the district or core router at its upper end",
        ),
        edits=(("{ site: huyen-a, to: core-1", "{ site: huyen-a, to: huyen-a"),),
    ),
    Case(
        "circuit-site",
        (
            "intent.yml:40:11 «xa-b» site 'xa-b' has no circuit; add one in 'circuits', or mark the site 'retired: true'",
            "intent.yml:57:13 «xa-bb» circuit 'xa-bb-1': no site 'xa-bb'; did you mean 'xa-b'?",
        ),
        edits=(("{ site: xa-b, to", "{ site: xa-bb, to"),),
    ),
    Case(
        "circuit-to",
        (
            "intent.yml:55:23 «huyn-a» circuit 'xa-a-1': no district or core router 'huyn-a'; did you mean 'huyen-a'?",
        ),
        edits=(("to: huyen-a,", "to: huyn-a,"),),
    ),
    Case(
        "circuit-to",
        (
            "intent.yml:53:26 «router» circuit 'huyen-a-1': no district or core router 'router'; known: core-1, core-2, huyen-a, huyen-b",
        ),
        edits=(("{ site: huyen-a, to: core-1", "{ site: huyen-a, to: router"),),
    ),
    Case(
        "circuit-to-tier",
        (
            "intent.yml:55:23 «trung-tam» circuit 'xa-a-1': 'trung-tam' is a data centre, expected a district or a core router; name its router: core-1 or core-2",
        ),
        edits=(("to: huyen-a,", "to: trung-tam,"),),
    ),
    Case(
        "circuit-to-tier",
        (
            "intent.yml:55:23 «so-noi-vu» circuit 'xa-a-1': 'so-noi-vu' is a department, expected a district or a core router; lead it to the site's district",
        ),
        edits=(("to: huyen-a,", "to: so-noi-vu,"),),
    ),
    Case(
        "circuit-from-data-centre",
        (
            "intent.yml:58:13 «trung-tam» circuit 'trung-tam-1' starts at the data centre; a circuit leads from the lower end up: swap 'site' and 'to'",
        ),
        edits=(
            (
                "  - { site: xa-b, to: huyen-b, carrier: vnpt, reference: V-5, rate: 20 Mbit/s, mtu: 1500 }\n",
                "  - { site: xa-b, to: huyen-b, carrier: vnpt, reference: V-5, rate: 20 Mbit/s, mtu: 1500 }\n  - { site: trung-tam, to: huyen-a, carrier: vnpt, reference: V-6, rate: 20 Mbit/s }\n",
            ),
        ),
    ),
    Case(
        "district-to-district",
        (
            "intent.yml:53:26 «huyen-b» circuit 'huyen-a-1': a district leads to 'huyen-b', which is not a core router; lead it to core-1 or core-2",
        ),
        edits=(("{ site: huyen-a, to: core-1", "{ site: huyen-a, to: huyen-b"),),
    ),
    Case(
        "circuit-loop",
        (
            "intent.yml:53:26 «huyen-b» circuit 'huyen-a-1': 'huyen-b' is itself below 'huyen-a' (huyen-a → huyen-b → huyen-a); lead one of them to a core router",
            "intent.yml:54:26 «huyen-a» circuit 'huyen-b-1': 'huyen-a' is itself below 'huyen-b' (huyen-b → huyen-a → huyen-b); lead one of them to a core router",
        ),
        edits=(
            ("{ site: huyen-a, to: core-1", "{ site: huyen-a, to: huyen-b"),
            ("{ site: huyen-b, to: core-2", "{ site: huyen-b, to: huyen-a"),
        ),
    ),
    Case(
        "circuit-site-retired",
        (
            "intent.yml:58:13 «xa-cu» circuit 'xa-cu-1': site 'xa-cu' is closed; remove the circuit, or 'retired' from the site",
        ),
        edits=(
            (
                "  - { site: xa-b, to: huyen-b, carrier: vnpt, reference: V-5, rate: 20 Mbit/s, mtu: 1500 }\n",
                "  - { site: xa-b, to: huyen-b, carrier: vnpt, reference: V-5, rate: 20 Mbit/s, mtu: 1500 }\n  - { site: xa-cu, to: huyen-a, carrier: vnpt, reference: V-6, rate: 20 Mbit/s }\n",
            ),
        ),
    ),
    Case(
        "circuit-to-retired",
        (
            "intent.yml:56:23 «huyen-c» circuit 'xa-a-1': 'huyen-c' is closed; lead it to where it ends now",
        ),
        edits=(
            ("to: huyen-a,", "to: huyen-c,"),
            (
                "circuits:\n",
                "  - { slug: huyen-c, name: C, tier: district, number: 4, retired: true }\ncircuits:\n",
            ),
        ),
    ),
    Case(
        "duplicate-ordinal",
        ("intent.yml:56:41 «1» circuit 'xa-a-1' is listed twice; give this one 'ordinal: 2'",),
        edits=(("ordinal: 2", "ordinal: 1"),),
    ),
    Case(
        "duplicate-ordinal",
        ("intent.yml:56:5 «{» circuit 'xa-a-1' is listed twice; give this one 'ordinal: 2'",),
        edits=((", ordinal: 2", ""),),
    ),
    Case(
        "commune-ordinal",
        (
            "intent.yml:56:41 «3» circuit 'xa-a-3': ordinal 3 is over 2, the most a commune has addresses for; use 1 or 2",
        ),
        edits=(("ordinal: 2", "ordinal: 3"),),
    ),
    Case(
        "duplicate-reference",
        (
            "intent.yml:57:58 «V-2» circuit 'xa-b-1': vnpt's reference 'V-2' is already that of circuit 'huyen-a-1'; look it up in the contract",
        ),
        edits=(("reference: V-5", "reference: V-2"),),
    ),
    Case(
        "unknown-carrier",
        (
            "intent.yml:56:53 «vietel» circuit 'xa-a-2': no carrier 'vietel'; did you mean 'viettel'?",
        ),
        edits=(("carrier: viettel", "carrier: vietel"),),
    ),
    Case(
        "unknown-carrier",
        ("intent.yml:99:16 «mobifone» link 'core-2': no carrier 'mobifone'; known: vnpt, viettel",),
        edits=(
            ("reference: V-C-2\n      carrier: vnpt", "reference: V-C-2\n      carrier: mobifone"),
        ),
    ),
    Case(
        "duplicate-carrier",
        ("intent.yml:15:13 «vnpt» carrier 'vnpt' is listed twice; remove one of the two",),
        edits=(
            ("slug: viettel, name: Viettel", "slug: vnpt, name: Viettel"),
            ("carrier: viettel", "carrier: vnpt"),
        ),
    ),
    Case(
        "no-circuit",
        (
            "intent.yml:40:11 «xa-b» site 'xa-b' has no circuit; add one in 'circuits', or mark the site 'retired: true'",
        ),
        edits=(
            (
                "  - { site: xa-b, to: huyen-b, carrier: vnpt, reference: V-5, rate: 20 Mbit/s, mtu: 1500 }\n",
                "",
            ),
        ),
    ),
    Case(
        "only-standby",
        (
            "intent.yml:57:100 «true» circuit 'xa-b-1' is standby, and site 'xa-b' has no other; remove 'standby' from one of the site's circuits",
        ),
        edits=(("mtu: 1500 }", "mtu: 1500, standby: true }"),),
    ),
    Case(
        "low-rate",
        (
            "intent.yml:57:69 «20 kbit/s» circuit 'xa-b-1': 20,000 bit/s is less than 1 Mbit/s; look at the unit: contracts say Mbit/s",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: 20 kbit/s, mtu"),),
    ),
    Case(
        "high-rate",
        (
            "intent.yml:57:69 «200 Gbit/s» circuit 'xa-b-1': 200,000,000,000 bit/s is more than 100 Gbit/s; look at the unit: contracts say Mbit/s",
        ),
        edits=(("rate: 20 Mbit/s, mtu", "rate: 200 Gbit/s, mtu"),),
    ),
    Case(
        "duplicate-zone",
        ("intent.yml:63:13 «noc» zone 'noc' is listed twice; remove one of the two",),
        edits=(("name: hall, number: 5, vlan: 50", "name: noc, number: 5, vlan: 50"),),
    ),
    Case(
        "zone-number",
        (
            "intent.yml:63:27 «4» zone 'hall': number 4 is already that of zone 'management'; give it a number that no zone ever had",
        ),
        edits=(("name: hall, number: 5", "name: hall, number: 4"),),
    ),
    Case(
        "zone-room",
        (
            "intent.yml:63:27 «7» zone 'hall': number 7 has no place in the prefix of a district, which has 6; give it a lower number, or remove district from its tiers",
        ),
        edits=(("name: hall, number: 5", "name: hall, number: 7"),),
    ),
    Case(
        "vlan-clash",
        (
            "intent.yml:63:36 «20» zone 'hall': VLAN 20 is already that of zone 'video', and both exist in a district; give one of them another VLAN",
        ),
        edits=(("name: hall, number: 5, vlan: 50", "name: hall, number: 5, vlan: 20"),),
    ),
    Case(
        "tier-twice",
        (
            "intent.yml:63:58 «district» zone 'hall': tier 'district' is written twice; remove one of the two",
        ),
        edits=(("tiers: [district]", "tiers: [district, district]"),),
    ),
    Case(
        "zone-missing",
        (
            "intent.yml:59:3 «-» no zone 'video', which every province needs; add it for data_centre, department, district, commune",
        ),
        edits=(
            (
                "  - { name: video, number: 2, vlan: 20, tiers: [data_centre, department, district, commune], access_ports: [1] }\n",
                "",
            ),
        ),
    ),
    Case(
        "zone-missing",
        (
            "intent.yml:59:3 «-» no zone 'noc', which every province needs; add it for data_centre",
            "intent.yml:68:15 «noc» rule 'noc' to 'office': no zone 'noc'; known: office, video, management, ops, hall, centre",
            "intent.yml:69:15 «noc» rule 'noc' to 'management': no zone 'noc'; known: office, video, management, ops, hall, centre",
            "intent.yml:76:28 «noc» server 'noc-1': no zone 'noc'; known: office, video, management, ops",
            "intent.yml:77:28 «noc» server 'noc-2': no zone 'noc'; known: office, video, management, ops",
        ),
        edits=(("name: noc, number: 6", "name: ops, number: 6"),),
    ),
    Case(
        "zone-tier-missing",
        (
            "intent.yml:60:48 «[» zone 'video': department, commune is missing from its tiers; add it",
        ),
        edits=(
            (
                "vlan: 20, tiers: [data_centre, department, district, commune]",
                "vlan: 20, tiers: [data_centre, district]",
            ),
        ),
    ),
    Case(
        "unknown-zone",
        (
            "intent.yml:68:28 «ofice» rule 'noc' to 'ofice': no zone 'ofice'; did you mean 'office'?",
        ),
        edits=(("target: office", "target: ofice"),),
    ),
    Case(
        "zone-reserved",
        (
            "intent.yml:63:13 «centre» zone 'centre' is what rules call the central government's network; give the zone another name",
        ),
        edits=(("name: hall, number: 5", "name: centre, number: 5"),),
    ),
    Case(
        "centre-scope",
        (
            "intent.yml:69:61 «site» rule 'noc' to 'centre': the centre is at no site; remove 'scope: site'",
        ),
        edits=(
            (
                "target: management, services: [ping]",
                "target: centre, services: [ping], scope: site",
            ),
        ),
    ),
    Case(
        "centre-alone",
        (
            "intent.yml:69:31 «centre» rule 'centre' to 'centre': the province does not carry the centre's own traffic; write a zone of the province at one end",
        ),
        edits=(
            (
                "source: noc, target: management, services: [ping]",
                "source: centre, target: centre, services: [ping]",
            ),
        ),
    ),
    Case(
        "port-clash",
        (
            "intent.yml:63:74 «2» zone 'hall': access port 2 is already one of zone 'office', and both exist in a district; a port is of one zone: remove it from one of the two",
        ),
        edits=(("tiers: [district] }", "tiers: [district], access_ports: [2] }"),),
    ),
    Case(
        "access-port-twice",
        (
            "intent.yml:63:77 «7» zone 'hall': access port 7 is written twice; remove one of the two",
        ),
        edits=(("tiers: [district] }", "tiers: [district], access_ports: [7, 7] }"),),
    ),
    Case(
        "no-port-for-box",
        (
            "intent.yml:60:5 «{» zone 'video': no access port is of zone 'video', and the endpoint hangs on its first one; write one, such as [1], under the zone's 'access_ports'",
        ),
        edits=((", access_ports: [1] }", " }"),),
    ),
    Case(
        "no-port-for-box",
        (
            "intent.yml:43:5 «access_ports» site 'xa-b': no access port is of zone 'office', and the workstation hangs on its first one; write one, such as [2], under the site's 'access_ports'",
        ),
        edits=(
            (
                "    name: Xã B\n",
                "    name: Xã B\n    workstation: true\n    access_ports: [{ zone: video, ports: [1] }]\n",
            ),
        ),
    ),
    Case(
        "ports-zone",
        (
            "intent.yml:37:60 «hall» site 'xa-a': zone 'hall' does not exist in a commune; known: office, video, management",
            "intent.yml:37:74 «2» site 'xa-a': access port 2 is already one of zone 'video'; a port is of one zone: remove it from one of the two",
        ),
        edits=(
            (
                "    name: Xã A\n",
                "    name: Xã A\n    access_ports: [{ zone: video, ports: [1, 2] }, { zone: hall, ports: [2] }]\n",
            ),
        ),
    ),
    Case(
        "data-centre-lan",
        (
            "intent.yml:19:10 «router_ports» site 'trung-tam': the data centre's LAN is router_ports, expected managed; write 'lan: managed': both cores hold its gateways, over a switch",
        ),
        edits=(
            (
                "    name: Trung tâm dữ liệu\n",
                "    name: Trung tâm dữ liệu\n    lan: router_ports\n",
            ),
        ),
    ),
    Case(
        "ports-unused",
        (
            "intent.yml:38:5 «access_ports» site 'xa-a': access ports of a LAN that is not ours; remove 'access_ports', or write 'lan: managed' or 'lan: router_ports'",
        ),
        edits=(
            (
                "    name: Xã A\n",
                "    name: Xã A\n    lan: unmanaged\n    access_ports: [{ zone: video, ports: [1] }]\n",
            ),
        ),
    ),
    Case(
        "unknown-service",
        (
            "intent.yml:68:53 «htps» rule 'noc' to 'office': no service 'htps'; did you mean 'https'?",
        ),
        edits=(("services: [ping, https]", "services: [ping, htps]"),),
    ),
    Case(
        "duplicate-rule",
        (
            "intent.yml:69:47 «ping» rule 'noc' to 'office': 'ping' is already allowed by rule 1 of the list; remove it here",
        ),
        edits=(("target: management, services: [ping]", "target: office, services: [ping]"),),
    ),
    Case(
        "duplicate-rule",
        (
            "intent.yml:68:53 «ping» rule 'noc' to 'office': 'ping' is already allowed by rule 1 of the list; remove it here",
        ),
        edits=(("services: [ping, https]", "services: [ping, ping]"),),
    ),
    Case(
        "same-zone",
        (
            "intent.yml:69:64 «site» rule 'office' to 'office': within one site the two are one segment, which no firewall parts; remove the rule, or its 'scope: site'",
        ),
        edits=(
            (
                "source: noc, target: management, services: [ping]",
                "source: office, target: office, services: [ping], scope: site",
            ),
        ),
    ),
    Case(
        "duplicate-service",
        ("intent.yml:66:13 «https» service 'https' is listed twice; remove one of the two",),
        edits=(
            ("{ name: ping, protocol: icmp }", "{ name: https, protocol: icmp }"),
            ("services: [ping, https]", "services: [https]"),
            ("target: management, services: [ping]", "target: management, services: [https]"),
        ),
    ),
    Case(
        "icmp-ports",
        (
            "intent.yml:65:42 «[» service 'ping': icmp has no ports; remove 'ports', or write tcp or udp",
        ),
        edits=(("protocol: icmp", "protocol: icmp, ports: [8]"),),
    ),
    Case(
        "no-ports",
        (
            "intent.yml:66:5 «{» service 'https': tcp without ports; add 'ports: [443]' with its ports",
        ),
        edits=((", ports: [443]", ""),),
    ),
    Case(
        "port-range",
        (
            "intent.yml:66:48 «0» service 'https': port 0 does not exist; ports are 1 to 65535",
            "intent.yml:66:51 «65536» service 'https': port 65536 does not exist; ports are 1 to 65535",
        ),
        edits=(("ports: [443]", "ports: [443, 0, 65536]"),),
    ),
    Case(
        "port-twice",
        (
            "intent.yml:66:48 «443» service 'https': port 443 is written twice; remove one of the two",
        ),
        edits=(("ports: [443]", "ports: [443, 443]"),),
    ),
    Case(
        "duplicate-queue",
        ("intent.yml:72:13 «audio» queue 'audio' is listed twice; remove one of the two",),
        edits=(("name: best, dscp", "name: audio, dscp"),),
    ),
    Case(
        "unknown-dscp",
        (
            "intent.yml:72:26 «default» queue 'best': RFC 4594 has no DSCP 'default'; best effort is 'cs0'",
        ),
        edits=(("dscp: [cs0]", "dscp: [default, cs0]"),),
    ),
    Case(
        "unknown-dscp",
        (
            "intent.yml:71:31 «AF41» queue 'audio': RFC 4594 has no DSCP 'AF41'; did you mean 'af41'?",
            "intent.yml:71:37 «af44» queue 'audio': RFC 4594 has no DSCP 'af44'; did you mean 'af43'?",
        ),
        edits=(("dscp: [ef]", "dscp: [ef, AF41, af44]"),),
    ),
    Case(
        "duplicate-dscp",
        (
            "intent.yml:72:31 «ef» queue 'best': DSCP 'ef' is already in queue 'audio'; a packet goes into one queue: remove it from one of the two",
        ),
        edits=(("dscp: [cs0]", "dscp: [cs0, ef]"),),
    ),
    Case(
        "no-best-effort",
        (
            "intent.yml:71:3 «-» no queue has 'cs0', where all unmarked traffic goes; add 'cs0' to the queue of least importance",
        ),
        edits=(("dscp: [cs0]", "dscp: [cs1]"),),
    ),
    Case(
        "too-much-guaranteed",
        (
            "intent.yml:72:52 «71» queue 'best': the guaranteed shares come to 101 % here (30 + 71), expected 100 at most; lower some of them",
        ),
        edits=(("guaranteed_percent: 70", "guaranteed_percent: 71"),),
    ),
    Case(
        "too-much-guaranteed",
        (
            "intent.yml:73:52 «1» queue 'more': the guaranteed shares come to 101 % here (30 + 70 + 1), expected 100 at most; lower some of them",
        ),
        edits=(
            (
                "  - { name: best, dscp: [cs0], guaranteed_percent: 70, priority: 7 }\n",
                "  - { name: best, dscp: [cs0], guaranteed_percent: 70, priority: 7 }\n  - { name: more, dscp: [cs1], guaranteed_percent: 1, priority: 7 }\n  - { name: most, dscp: [cs2], guaranteed_percent: 1, priority: 7 }\n",
            ),
        ),
    ),
    Case(
        "low-ceiling",
        (
            "intent.yml:71:73 «20» queue 'audio': its ceiling of 20 % is under the 30 % guaranteed to it; raise the ceiling or lower the guarantee",
        ),
        edits=(("ceiling_percent: 40", "ceiling_percent: 20"),),
    ),
    Case(
        "same-core",
        (
            "intent.yml:74:19 «core-1» core router 'core-1' is written twice; name the second one otherwise",
        ),
        edits=(
            ("cores: [core-1, core-2]", "cores: [core-1, core-1]"),
            ("to: core-2", "to: core-1"),
            (
                "    - core: core-2\n      ours_ipv4: 10.248.255.3\n      theirs_ipv4: 10.248.255.2\n      ours_ipv6: fd00:248:ffff::3\n      theirs_ipv6: fd00:248:ffff::2\n      rate: 1 Gbit/s\n      reference: V-C-2\n      carrier: vnpt\n",
                "",
            ),
        ),
    ),
    Case(
        "core-is-site",
        (
            "intent.yml:74:19 «xa-cu» core router 'xa-cu' has the slug of a site; rename it: 'to' in circuits must know which is meant",
        ),
        edits=(
            ("cores: [core-1, core-2]", "cores: [core-1, xa-cu]"),
            ("to: core-2", "to: core-1"),
            (
                "    - core: core-2\n      ours_ipv4: 10.248.255.3\n      theirs_ipv4: 10.248.255.2\n      ours_ipv6: fd00:248:ffff::3\n      theirs_ipv6: fd00:248:ffff::2\n      rate: 1 Gbit/s\n      reference: V-C-2\n      carrier: vnpt\n",
                "",
            ),
        ),
    ),
    Case(
        "duplicate-server",
        ("intent.yml:77:15 «noc-1» server 'noc-1' is listed twice; remove one of the two",),
        edits=(("name: noc-2", "name: noc-1"),),
    ),
    Case(
        "reserved-core",
        (
            "intent.yml:74:19 «centre» core router 'centre': the inventory uses this name itself; name it after its place, as in 'core-1'",
        ),
        edits=(
            ("cores: [core-1, core-2]", "cores: [core-1, centre]"),
            ("to: core-2", "to: core-1"),
            ("core: core-2", "core: centre"),
        ),
    ),
    Case(
        "server-group",
        (
            "intent.yml:76:59 «xa-a» server 'noc-1': group 'xa-a' is a site; name the group after what the server serves",
            "intent.yml:76:65 «routers» server 'noc-1': group 'routers' is one of the inventory's own; name the group after what the server serves",
        ),
        edits=(("groups: [noc]", "groups: [noc, xa-a, routers]"),),
    ),
    Case(
        "duplicate-operator",
        (
            "intent.yml:80:13 «le-van-ba» operator 'le-van-ba' is listed twice; remove one of the two; two people of one name differ by a number, as in 'le-van-ba-2'",
        ),
        edits=(("centre:\n  name: Cấp I", _OPERATORS + _BA + _BA + "centre:\n  name: Cấp I"),),
    ),
    Case(
        "operator-account",
        (
            "intent.yml:79:13 «postgres» operator 'postgres': programs have accounts of such names; write family name and given name, as in 'nguyen-van-an'",
        ),
        edits=(
            (
                "centre:\n  name: Cấp I",
                _OPERATORS + _BA.replace("le-van-ba", "postgres") + "centre:\n  name: Cấp I",
            ),
        ),
    ),
    Case(
        "operator-name",
        (
            "intent.yml:79:30 «'Lê: Ba'» operator 'le-van-ba': the name holds a colon, which ends a field in /etc/passwd; write the name without it",
        ),
        edits=(
            (
                "centre:\n  name: Cấp I",
                _OPERATORS + _BA.replace("Lê Văn Ba", "'Lê: Ba'") + "centre:\n  name: Cấp I",
            ),
        ),
    ),
    Case(
        "server-number",
        (
            "intent.yml:77:41 «10» server 'noc-2': number 10 in zone 'noc' is already that of server 'noc-1'; the first free number is 11",
        ),
        edits=(("number: 11", "number: 10"),),
    ),
    Case(
        "server-zone",
        (
            "intent.yml:77:28 «nok» server 'noc-2': no zone 'nok'; known: office, video, management, noc",
        ),
        edits=(("name: noc-2, zone: noc", "name: noc-2, zone: nok"),),
    ),
    Case(
        "server-zone-tier",
        (
            "intent.yml:77:28 «hall» server 'noc-2': zone 'hall' does not exist in the data centre; use one of office, video, management, noc",
        ),
        edits=(("name: noc-2, zone: noc", "name: noc-2, zone: hall"),),
    ),
    Case(
        "duplicate-hypervisor",
        (
            "intent.yml:77:30 «1» hypervisor 'kvm-2': its number '1' is already that of another hypervisor; give it one of its own",
        ),
        edits=(
            (
                "cores: [core-1, core-2]\n",
                "cores: [core-1, core-2]\n  hypervisors:\n    - { name: kvm-1, number: 1, cpus: 8, memory: 32 GiB, disk: 1 TiB }\n    - { name: kvm-2, number: 1, cpus: 8, memory: 32 GiB, disk: 1 TiB }\n",
            ),
        ),
    ),
    Case(
        "bad-size",
        (
            "intent.yml:76:50 «32 GB» hypervisor 'kvm-1': 'memory' is '32 GB', expected a whole number and MiB, GiB or TiB; write it as '32 GiB'",
        ),
        edits=(
            (
                "cores: [core-1, core-2]\n",
                "cores: [core-1, core-2]\n  hypervisors:\n    - { name: kvm-1, number: 1, cpus: 8, memory: 32 GB, disk: 1 TiB }\n",
            ),
        ),
    ),
    Case(
        "no-size",
        ("intent.yml:76:64 «0 GiB» hypervisor 'kvm-1': 'disk' is '0 GiB'; write what it is given",),
        edits=(
            (
                "cores: [core-1, core-2]\n",
                "cores: [core-1, core-2]\n  hypervisors:\n    - { name: kvm-1, number: 1, cpus: 8, memory: 32 GiB, disk: 0 GiB }\n",
            ),
        ),
    ),
    Case(
        "server-hypervisor",
        ("intent.yml:79:68 «kvm-2» server 'noc-2': no hypervisor 'kvm-2'; did you mean 'kvm-1'?",),
        edits=(
            (
                "cores: [core-1, core-2]\n",
                "cores: [core-1, core-2]\n  hypervisors:\n    - { name: kvm-1, number: 1, cpus: 8, memory: 32 GiB, disk: 1 TiB }\n",
            ),
            (
                "- { name: noc-2, zone: noc, number: 11 }",
                "- { name: noc-2, zone: noc, number: 11, machine: { hypervisor: kvm-2, cpus: 1, memory: 1 GiB, disk: 4 GiB } }",
            ),
        ),
    ),
    Case(
        "server-owner",
        (
            "intent.yml:77:52 «so-noi-v» server 'noc-2': no live site 'so-noi-v'; did you mean 'so-noi-vu'?",
        ),
        edits=(
            (
                "- { name: noc-2, zone: noc, number: 11 }",
                "- { name: noc-2, zone: noc, number: 11, owner: so-noi-v }",
            ),
        ),
    ),
    Case(
        "duplicate-snmp",
        (
            "intent.yml:80:15 «ups-1» SNMP box 'ups-1' is listed twice; name one of the two otherwise",
        ),
        edits=(
            (
                "    - { name: noc-2, zone: noc, number: 11 }\n",
                "    - { name: noc-2, zone: noc, number: 11 }\n  snmp:\n    - { name: ups-1, site: so-noi-vu, address: 10.64.4.9, kind: ups }\n    - { name: ups-1, site: so-noi-vu, address: 10.64.4.8, kind: ups }\n",
            ),
        ),
    ),
    Case(
        "snmp-site",
        (
            "intent.yml:79:28 «so-noi-v» SNMP box 'ups-1': no live site 'so-noi-v'; did you mean 'so-noi-vu'?",
        ),
        edits=(
            (
                "    - { name: noc-2, zone: noc, number: 11 }\n",
                "    - { name: noc-2, zone: noc, number: 11 }\n  snmp:\n    - { name: ups-1, site: so-noi-v, address: 10.64.4.9, kind: ups }\n",
            ),
        ),
    ),
    Case(
        "slot-name",
        (
            "intent.yml:83:11 «web-1» slot 'web-1': its server would be called as that of server 'web-1'; give one of the two another name",
        ),
        edits=(_SLOT_ZONE, _SLOT_SERVERS, _slots("name: web-1")),
    ),
    Case(
        "slot-name",
        (
            "intent.yml:92:11 «trang-a» slot 'trang-a': its server would be called as that of slot 1; give one of the two another name",
        ),
        edits=(_SLOT_ZONE, _SLOT_SERVERS, _slots("number: 12", "host: b; number: 13")),
    ),
    Case(
        "slot-host",
        (
            "intent.yml:87:11 «web» slot 'trang-a': host 'web' is the name of the servers of group 'web'; give it a name that nothing has",
            "intent.yml:96:11 «rt-core-1» slot 'trang-b': host 'rt-core-1' is like a box's, whose names begin with 'rt-'; give it a name that nothing has",
            "intent.yml:114:11 «c» slot 'trang-d': host 'c' is already that of slot 'trang-c'; give it a name that nothing has",
        ),
        edits=(
            _SLOT_ZONE,
            _SLOT_SERVERS,
            _slots(
                "host: web",
                "name: trang-b; host: rt-core-1; number: 13",
                "name: trang-c; host: c; number: 14",
                "name: trang-d; host: c; number: 15",
            ),
        ),
    ),
    Case(
        "slot-number",
        (
            "intent.yml:88:13 «11» slot 'trang-a': number 11 in zone 'internal' is already that of server 'web-1'; the first free number is 10",
            "intent.yml:106:13 «12» slot 'trang-c': number 12 in zone 'internal' is already that of slot 'trang-b'; the first free number is 10",
        ),
        edits=(
            _SLOT_ZONE,
            _SLOT_SERVERS,
            _slots("number: 11", "name: trang-b; host: b", "name: trang-c; host: c"),
        ),
    ),
    Case(
        "slot-owner",
        (
            "intent.yml:85:12 «xa-cu» slot 'trang-a': no live site 'xa-cu'; known: trung-tam, so-noi-vu, huyen-a, huyen-b, xa-a, xa-b",
        ),
        edits=(_SLOT_ZONE, _SLOT_SERVERS, _slots("owner: xa-cu")),
    ),
    Case(
        "slot-hypervisor",
        ("intent.yml:91:28 «kvm-2» slot 'trang-a': no hypervisor 'kvm-2'; did you mean 'kvm-1'?",),
        edits=(
            _SLOT_ZONE,
            _SLOT_SERVERS,
            _slots("machine: { hypervisor: kvm-2, cpus: 1, memory: 1 GiB, disk: 4 GiB }"),
        ),
    ),
    Case(
        "slot-without-zone",
        (
            "intent.yml:82:11 «trang-a» slot 'trang-a': its server stands in zone 'internal', which the data centre does not have; add the zone, with the tier data_centre",
        ),
        edits=(
            (_SLOT_SERVERS[0], _SLOT_SERVERS[1].replace("internal", "noc").replace("11", "12")),
            _slots("name: trang-a"),
        ),
    ),
    Case(
        "slot-without-servers",
        (
            "intent.yml:87:11 «a» slot 'trang-a': host 'a' needs a server of group 'web', and there is none; add one to the servers of data_centre",
            "intent.yml:89:15 «true» slot 'trang-a': its database needs a server of group 'database', and there is none; add one to the servers of data_centre",
        ),
        edits=(
            _SLOT_ZONE,
            (_SLOT_SERVERS[0], _SLOT_SERVERS[1].replace("[web, database]", "[mirror]")),
            _slots("name: trang-a"),
        ),
    ),
    Case(
        "slot-without-database",
        (
            "intent.yml:86:18 «department-site» slot 'trang-a': application 'department-site' keeps what it holds in a database; write `database: true`",
        ),
        edits=(_SLOT_ZONE, _SLOT_SERVERS, _slots("database: false")),
    ),
    Case(
        "not-one-of",
        (
            "intent.yml:86:18 «department_site» slot 'trang-a': 'application' is 'department_site', expected one of department-site; did you mean 'department-site'?",
        ),
        edits=(_SLOT_ZONE, _SLOT_SERVERS, _slots("application: department_site")),
    ),
    Case(
        "ipv4-block-too-small",
        (
            "intent.yml:8:19 «10.64.0.0/15» IPv4 block 10.64.0.0/15 is too small: it holds 8 × /18, needed are 16 × /18 = a /14 (1 for circuits, loopbacks and the data centre, 5 for 80 districts and departments with a /22 each, 10 for 640 communes with a /24 each); ask for a /14, such as 10.64.0.0/14",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 10.64.0.0/15"),),
    ),
    Case(
        "ipv4-block-too-small",
        (
            "intent.yml:8:19 «10.66.0.0/20» IPv4 block 10.66.0.0/20 is too small: it holds less than one /18, needed are 16 × /18 = a /14 (1 for circuits, loopbacks and the data centre, 5 for 80 districts and departments with a /22 each, 10 for 640 communes with a /24 each); ask for a /14, such as 10.64.0.0/14",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 10.66.0.0/20"),),
    ),
    Case(
        "ipv4-block-too-small",
        (
            "intent.yml:8:19 «10.66.64.0/18» IPv4 block 10.66.64.0/18 is too small: it holds 1 × /18, needed are 16 × /18 = a /14 (1 for circuits, loopbacks and the data centre, 5 for 80 districts and departments with a /22 each, 10 for 640 communes with a /24 each); ask for a /14, such as 10.64.0.0/14",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 10.66.64.0/18"),),
    ),
    Case(
        "ipv6-block-too-small",
        (
            'intent.yml:8:39 «"fd67:6700:a64::/52"» IPv6 block fd67:6700:a64::/52 is too small: it holds 256 × /60, needed are 4,096 × /60 = a /48 (a /60 for each site); ask for a /48, such as fd67:6700:a64::/48',
        ),
        edits=(("a64::/48", "a64::/52"),),
    ),
    Case(
        "unusable-block",
        (
            "intent.yml:8:19 «224.0.0.0/8» block 224.0.0.0/8 is multicast, where no site can live; ask for a unicast block",
        ),
        edits=(("ipv4: 10.64.0.0/14", "ipv4: 224.0.0.0/8"),),
    ),
    Case(
        "unusable-block",
        (
            'intent.yml:8:39 «"fe80::/48"» block fe80::/48 is link-local, where no site can live; ask for a unicast block',
        ),
        edits=(("fd67:6700:a64::/48", "fe80::/48"),),
    ),
    Case(
        "override-in-block",
        (
            "intent.yml:40:23 «10.65.0.0/24» site 'xa-a': prefix 10.65.0.0/24 lies in the province's block 10.64.0.0/14, whose prefixes are computed for other sites; remove it to use the computed one, or write one from outside the block",
        ),
        edits=(
            (
                "    parent: huyen-a\n",
                "    parent: huyen-a\n    prefixes: { ipv4: 10.65.0.0/24 }\n",
            ),
        ),
    ),
    Case(
        "override-overlap",
        (
            "intent.yml:46:23 «172.16.1.0/24» site 'xa-b': prefix 172.16.1.0/24 overlaps 172.16.0.0/23 of site 'xa-a'; look up what each was given",
        ),
        edits=(
            (
                "    parent: huyen-a\n",
                '    parent: huyen-a\n    prefixes: { ipv4: 172.16.0.0/23, ipv6: "fd01::/60" }\n',
            ),
            (
                "    number: 2\n    parent: huyen-b\n",
                '    number: 2\n    parent: huyen-b\n    prefixes: { ipv4: 172.16.1.0/24, ipv6: "fd02::/60" }\n',
            ),
        ),
    ),
    Case(
        "override-too-small",
        (
            "intent.yml:40:23 «172.16.0.0/26» site 'xa-a': prefix 172.16.0.0/26 is too small for the zones of a commune; ask for a /25",
            "intent.yml:40:44 «\"fd01::/64\"» site 'xa-a': prefix fd01::/64 is too small for the zones of a commune; ask for a /60",
        ),
        edits=(
            (
                "    parent: huyen-a\n",
                '    parent: huyen-a\n    prefixes: { ipv4: 172.16.0.0/26, ipv6: "fd01::/64" }\n',
            ),
        ),
    ),
    Case(
        "centre-overlap",
        (
            "intent.yml:81:34 «10.66.0.0/16» the centre's prefix 10.66.0.0/16 overlaps the province's block 10.64.0.0/14; remove it: the cores would take the province's own addresses from outside",
        ),
        edits=(("[10.248.0.0/16]", "[10.248.0.0/16, 10.66.0.0/16]"),),
    ),
    Case(
        "asn-room",
        (
            "intent.yml:9:8 «4294960000» AS 4294960000 leaves no room: sites take the 10,000 numbers after it, up to 4294970000, and private ones end at 4294967294 (RFC 6996); use 4294957294 or less",
        ),
        edits=(("asn: 4200670000", "asn: 4294960000"),),
    ),
    Case(
        "centre-asn",
        (
            "intent.yml:80:8 «4200670007» the centre's AS 4200670007 is one of the province's own (4200670000 to 4200680000); look up the centre's, or move the province's",
        ),
        edits=(("asn: 4200000001", "asn: 4200670007"),),
    ),
    Case(
        "centre-asn",
        (
            "intent.yml:80:8 «4200670000» the centre's AS 4200670000 is one of the province's own (4200670000 to 4200680000); look up the centre's, or move the province's",
        ),
        edits=(("asn: 4200000001", "asn: 4200670000"),),
    ),
    Case(
        "centre-asn",
        (
            "intent.yml:80:8 «4200680000» the centre's AS 4200680000 is one of the province's own (4200670000 to 4200680000); look up the centre's, or move the province's",
        ),
        edits=(("asn: 4200000001", "asn: 4200680000"),),
    ),
    Case(
        "link-core",
        (
            "intent.yml:92:13 «core-3» link 'core-3': no core router 'core-3'; did you mean 'core-2'?",
        ),
        edits=(("- core: core-2", "- core: core-3"),),
    ),
    Case(
        "link-core-twice",
        (
            "intent.yml:92:13 «core-1» link 'core-1': core router 'core-1' has a hand-off already; a core has one port for the centre: lead it to the other core",
        ),
        edits=(("- core: core-2", "- core: core-1"),),
    ),
    Case(
        "centre-prefix",
        (
            "intent.yml:81:34 «10.249.0.0» the centre's prefix 10.249.0.0/32 is a single address, expected a network; write the prefix that the centre announces",
        ),
        edits=(("[10.248.0.0/16]", "[10.248.0.0/16, 10.249.0.0]"),),
    ),
    Case(
        "link-pair",
        (
            "intent.yml:94:20 «10.248.255.4» link 'core-2': 10.248.255.3 and 10.248.255.4 are not the two addresses of one /31; the other address of 10.248.255.3 is 10.248.255.2",
        ),
        edits=(("theirs_ipv4: 10.248.255.2", "theirs_ipv4: 10.248.255.4"),),
    ),
    Case(
        "link-address-twice",
        (
            "intent.yml:93:18 «10.248.255.1» link 'core-2': 10.248.255.1 is already that of link 1 of the list; look up the addresses of both hand-offs",
        ),
        edits=(
            ("ours_ipv4: 10.248.255.3", "ours_ipv4: 10.248.255.1"),
            ("theirs_ipv4: 10.248.255.2", "theirs_ipv4: 10.248.255.0"),
        ),
    ),
)
