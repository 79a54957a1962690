"""The directory at work: who may see and do what, on two servers that are each whole."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from giaoban.directory import ldif
from giaoban.directory.entries import person_entry
from giaoban.directory.people import Person, Unit
from giaoban.provision.secrets import SecretStore
from giaoban.twin import enter, names, namespaces
from giaoban.twin.nodes import Box
from giaoban.waiting import wait_until
from tests.twin.centre import DOMAIN, PC, Centre
from tests.twin.configured import INTENT, succeeded

pytestmark = [pytest.mark.twin, pytest.mark.full]

ONE, TWO = "sv-directory-1", "sv-directory-2"
ADDRESS = "10.64.40.41"
SUFFIX = "dc=daknong,dc=example"
PEOPLE = f"ou=people,{SUFFIX}"
URIS = f"ldaps://{ONE}.{DOMAIN} ldaps://{TWO}.{DOMAIN}"
ROOT = "-Q -Y EXTERNAL -H ldapi:///"
PASSWORD = "một mật khẩu đủ dài"  # noqa: S105 (nobody else's)
WRONG = "một mật khẩu khác hẳn"
# From this number on people are a test's.
FIRST = 9001
_STATE = "/usr/lib/giaoban/directory-state"


class Directory:
    """The directory, with a CSV of its own."""

    def __init__(self, centre: Centre, csv: Path) -> None:
        self.centre = centre
        self.csv = csv
        self.rows = csv.read_text(encoding="utf-8")

    def tool(self, server: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in a server."""
        return enter.run_inside(Box(self.centre.province.paths, server), ["sh", "-c", command])

    def said(self, server: str, command: str) -> str:
        """Run one that must succeed, and give what it printed."""
        done = self.tool(server, command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def load(self, rows: str = "", *words: str) -> tuple[int, str]:
        """Bring people of the province and of a test; give how many servers that changed."""
        self.csv.write_text(self.rows + rows, encoding="utf-8")
        done = self.centre.province.playbook(
            "people.yml", "-e", f"directory__people={self.csv}", *words
        )
        changed = sum(counts["changed"] for counts in succeeded(done).values())
        return changed, done.stdout

    def refused(self, rows: str) -> str:
        """Bring people, which must fail, and give what was said, on one line."""
        self.csv.write_text(rows, encoding="utf-8")
        done = self.centre.province.playbook("people.yml", "-e", f"directory__people={self.csv}")
        assert done.returncode != 0
        return " ".join(done.stdout.split())

    def modify(self, server: str, dn: str, change: str) -> None:
        """Change an entry as root of a server."""
        self.said(server, f"ldapmodify {ROOT} <<'END'\ndn: {dn}\nchangetype: modify\n{change}\nEND")

    def value(self, server: str, dn: str, attribute: str) -> str:
        """Give an attribute's lines as root of a server sees them."""
        ask = f"ldapsearch -LLL -o ldif-wrap=no {ROOT} -b '{dn}' -s base {attribute}"
        lines = self.said(server, ask).splitlines()
        return "\n".join(line for line in lines if line.startswith(attribute))

    def state(self, server: str) -> str:
        """Give what a server is to the other."""
        return self.said(server, _STATE)

    def agrees(self) -> bool:
        """Whether both have all that either has."""
        return self.state(ONE).endswith(" same")

    def tried(self, words: str, *, who: str, password: str = PASSWORD, uri: str = URIS) -> str:
        """Run an LDAP tool on the second server over the network; give all that it said."""
        tool, _, rest = words.partition(" ")
        sign_in = f"-x -D '{who}' -w '{password}' -H '{uri}' -o nettimeout=5"
        done = self.tool(TWO, f"{tool} {sign_in} {rest}")
        return done.stdout + done.stderr

    def forget(self) -> None:
        """Delete what tests brought: people leave, and are never deleted but here."""
        tests = "(&(objectClass=inetOrgPerson)(employeeNumber=90*))"
        found = (
            f"ldapsearch -LLL -o ldif-wrap=no {ROOT} -b {PEOPLE} '{tests}' dn | sed -n 's/^dn: //p'"
        )
        self.said(ONE, f"{found} | ldapdelete {ROOT}")


@pytest.fixture
def directory(centre: Centre, tmp_path: Path) -> Iterator[Directory]:
    csv = tmp_path / "people.csv"
    csv.write_bytes((INTENT / "people.csv").read_bytes())
    opened = Directory(centre, csv)
    yield opened
    opened.forget()


@pytest.fixture
def anna(directory: Directory) -> str:
    """Somebody who has signed in before."""
    person = Person(0, FIRST, "Lê Thử An", "xa-dak-wil", "", "", "anlt", (), None)
    unit = Unit("xa-dak-wil", "Xã Đắk Wil", "commune", "huyen-cu-jut", retired=False)
    entry = person_entry(person, unit, DOMAIN)
    directory.said(ONE, f"ldapmodify {ROOT} <<'END'\n{ldif.added(entry)}END")
    directory.modify(ONE, entry.dn, f"replace: userPassword\nuserPassword: {PASSWORD}")
    # Its owner need not change it first.
    directory.modify(ONE, entry.dn, "replace: pwdReset\npwdReset: FALSE")
    assert wait_until(directory.agrees, seconds=30)
    return entry.dn


def _row(number: int, name: str, *, title: str = "", left: str = "") -> str:
    return f"{number},{name},xa-dak-wil,{title},,,,{left}\n"


def _secret(directory: Directory, name: str) -> str:
    key = directory.centre.province.reach.master_key
    return SecretStore.from_file(key).value(f"directory/{name}")


def _is_open(port: int) -> bool:
    try:
        with socket.create_connection((ADDRESS, port), timeout=3):
            return True
    except OSError:
        return False


# People


def test_people_come_and_a_second_run_changes_nothing(directory: Directory) -> None:
    rows = _row(FIRST, "Đặng Thử Đạo", title="Văn thư")
    changed, said = directory.load(rows, "--check", "--diff")
    assert changed == 1
    assert "+ displayName: Đặng Thử Đạo" in " ".join(said.split())
    assert "No such object" in directory.tried(
        f"ldapsearch -b uid=daodt,{PEOPLE}",
        who=f"cn=mail,ou=services,{SUFFIX}",
        password=_secret(directory, "mail"),
    )
    assert directory.load(rows)[0] == 1
    assert directory.load(rows)[0] == 0
    for server in (ONE, TWO):
        assert directory.value(server, f"uid=daodt,{PEOPLE}", "mail:") == ""
        assert directory.value(server, f"uid=daodt,{PEOPLE}", "mail") == f"mail: daodt@{DOMAIN}"


def test_who_leaves_is_locked_out_and_nobody_else_gets_the_address(
    directory: Directory, anna: str
) -> None:
    assert anna in directory.tried("ldapwhoami", who=anna)
    directory.load(_row(FIRST, "Lê Thử An", left="2026-01-31"))
    assert "Invalid credentials" in directory.tried("ldapwhoami", who=anna)
    said = directory.refused(directory.rows + _row(9002, "Lê Thử An"))
    assert "found no number 9001, which the directory has (Lê Thử An); put the row back" in said
    assert (
        "people.csv:42: found the login 'anlt' of number 9002, which is that of number 9001" in said
    )
    directory.load(_row(FIRST, "Lê Thử An"))
    assert anna in directory.tried("ldapwhoami", who=anna)


def test_an_address_never_changes(directory: Directory, anna: str) -> None:
    said = directory.refused(directory.rows + _row(FIRST, "Lê Thử Ân Hoà"))
    assert "people.csv:42: found the login 'hoalta' of number 9001" in said
    assert "write 'anlt' into 'login'" in said
    assert directory.value(ONE, anna, "givenName") == "givenName: An"


def test_a_file_with_problems_changes_nothing(directory: Directory) -> None:
    rows = _row(FIRST, "Lê Thử An") + _row(9002, "") + _row(FIRST, "Lý An")
    said = directory.refused(directory.rows + rows)
    assert "people.csv:43: found no name" in said
    assert "people.csv:44: found the number 9001, which line 42 has" in said
    assert directory.tool(ONE, f"ldapsearch {ROOT} -b uid=anlt,{PEOPLE}").returncode == 32


# Who may see and do what


def test_nobody_without_a_name_sees_anything(directory: Directory) -> None:
    for base in (SUFFIX, "", "cn=Subschema"):
        done = directory.tool(TWO, f"ldapsearch -x -H '{URIS}' -b '{base}' -s base")
        assert done.returncode == 48, done.stdout
        assert "anonymous bind disallowed" in done.stderr
    # Neither does who says a name and no password.
    assert "unauthenticated bind" in directory.tried(
        f"ldapsearch -b {SUFFIX}", who=f"uid=anhnv,{PEOPLE}", password=""
    )


def test_a_person_reads_the_address_book_and_nothing_else(directory: Directory, anna: str) -> None:
    directory.load(_row(FIRST, "Lê Thử An") + _row(9002, "Lý Thử Đi", left="2026-01-31"))
    read = directory.tried(f"ldapsearch -LLL -b {SUFFIX} '(objectClass=*)' '*' '+'", who=anna)
    assert f"uid=anhnv,{PEOPLE}" in read
    assert f"ou=xa-dak-wil,ou=units,{SUFFIX}" in read
    for hidden in ("ou=services", "ou=policies", "userPassword", "employeeNumber", "dilt", "pwd"):
        assert hidden not in read, hidden


def test_a_person_writes_his_own_password_and_mobile_only(directory: Directory, anna: str) -> None:
    def change(dn: str, attribute: str, value: str) -> str:
        record = f"dn: {dn}\\nchangetype: modify\\nreplace: {attribute}\\n{attribute}: {value}\\n"
        return directory.tried(
            f"ldapmodify -f /dev/stdin <<'END'\n{record}END".replace("\\n", "\n"), who=anna
        )

    other = f"uid=anhnv,{PEOPLE}"
    assert "Insufficient access" in change(other, "mobile", "0900 000 000")
    assert "Insufficient access" in change(other, "userPassword", PASSWORD)
    assert "Insufficient access" in change(anna, "title", "Giam doc")
    assert "Insufficient access" in change(anna, "mail", f"root@{DOMAIN}")
    assert "Insufficient access" not in change(anna, "mobile", "0900 000 000")
    assert directory.value(ONE, anna, "mobile") == "mobile: 0900 000 000"
    assert "Constraint violation" in directory.tried("ldappasswd -s ngan", who=anna)
    assert "Constraint violation" in change(anna, "userPassword", "{SSHA}khong-ai-xem-duoc")
    directory.tried("ldappasswd -s 'mot mat khau khac'", who=anna)
    assert anna in directory.tried("ldapwhoami", who=anna, password="mot mat khau khac")  # noqa: S106
    # The CSV leaves alone what is the person's.
    assert directory.load(_row(FIRST, "Lê Thử An"))[0] == 0


def test_passwords_are_kept_as_argon2id(directory: Directory, anna: str) -> None:
    hashed = "sed -n 's/^userPassword:: //p' | base64 -d"
    ask = f"ldapsearch -LLL -o ldif-wrap=no {ROOT} -b {anna} userPassword | {hashed} | tr -d '\\0'"
    assert directory.said(TWO, ask).startswith("{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_service_reads_people_and_no_passwords_and_writes_nothing(
    directory: Directory, anna: str
) -> None:
    mail = {"who": f"cn=mail,ou=services,{SUFFIX}", "password": _secret(directory, "mail")}
    read = directory.tried(f"ldapsearch -LLL -b {PEOPLE} '(mail=anlt@{DOMAIN})' '*' '+'", **mail)
    assert "departmentNumber: xa-dak-wil" in read
    assert "employeeType: official" in read
    assert "userPassword" not in read
    assert "Insufficient access" in directory.tried(f"ldapdelete {anna}", **mail)
    wrong = mail | {"password": _secret(directory, "meeting")}
    assert "Invalid credentials" in directory.tried("ldapwhoami", **wrong)


def test_wrong_passwords_lock_a_person_on_both_servers_and_no_service(
    directory: Directory, anna: str
) -> None:
    mail = f"cn=mail,ou=services,{SUFFIX}"
    one = f"ldaps://{ONE}.{DOMAIN}"
    for who in (anna, mail):
        for _ in range(10):
            assert "Invalid credentials" in directory.tried(
                "ldapwhoami",
                who=who,
                password=WRONG,
                uri=one,
            )
    assert wait_until(directory.agrees, seconds=30)
    for uri in URIS.split():
        assert "Invalid credentials" in directory.tried("ldapwhoami", who=anna, uri=uri)
        assert mail in directory.tried(
            "ldapwhoami", who=mail, password=_secret(directory, "mail"), uri=uri
        )
    directory.modify(TWO, anna, "delete: pwdAccountLockedTime")
    assert wait_until(directory.agrees, seconds=30)
    assert anna in directory.tried("ldapwhoami", who=anna, uri=one)


# The way to it


def test_it_is_asked_over_tls_from_where_services_are(directory: Directory) -> None:
    def reaches(node: str, port: int) -> bool:
        space = names.namespace(directory.centre.province.paths.name, node)
        return namespaces.ask(space, partial(_is_open, port))

    assert reaches("sv-noc-1", 636)
    assert not reaches("sv-noc-1", 389)
    assert not reaches(PC, 636)
    listening = directory.said(ONE, "ss -Hltn sport = :389")
    assert listening == ""
    # In the clear on the port for TLS there is nothing to be had either.
    clear = directory.tried("ldapwhoami", who="x", uri=f"ldap://{ONE}.{DOMAIN}:636")
    assert "Can't contact LDAP server" in clear


def test_a_server_that_does_not_prove_its_name_is_not_believed(directory: Directory) -> None:
    mail = {"who": f"cn=mail,ou=services,{SUFFIX}", "password": _secret(directory, "mail")}
    assert "cn=mail" in directory.tried("ldapwhoami", **mail)
    # The group's name leads to both, and neither has a certificate for it.
    for uri in (f"ldaps://directory.{DOMAIN}", f"ldaps://{ADDRESS}"):
        assert "Can't contact LDAP server" in directory.tried("ldapwhoami", uri=uri, **mail)


def test_a_new_certificate_is_shown_without_a_restart(directory: Directory) -> None:
    def serial() -> str:
        ask = f"openssl s_client -connect {ONE}.{DOMAIN}:636 -verify_return_error"
        return directory.said(TWO, f"{ask} </dev/null | openssl x509 -noout -serial")

    def pid() -> str:
        return directory.said(ONE, "systemctl show -P MainPID slapd")

    before, process = serial(), pid()
    directory.said(ONE, "rm /var/lib/giaoban/certificate/current/asked")
    directory.said(ONE, "systemctl start giaoban-certificate")
    assert serial() != before
    assert pid() == process


# Two servers


def test_a_write_on_either_server_appears_on_the_other(directory: Directory, anna: str) -> None:
    for writer, reader, title in ((ONE, TWO, "mot"), (TWO, ONE, "hai")):
        directory.modify(writer, anna, f"replace: title\ntitle: {title}")
        assert wait_until(directory.agrees, seconds=20)
        assert directory.value(reader, anna, "title") == f"title: {title}"


def test_clients_go_on_without_one_server_which_gets_what_it_missed(
    directory: Directory, anna: str
) -> None:
    directory.said(ONE, "systemctl stop slapd")
    try:
        assert anna in directory.tried("ldapwhoami", who=anna)
        directory.modify(TWO, anna, "replace: title\ntitle: trong luc vang")
        assert f"{ONE} away" in directory.state(TWO)
        only = f"ldaps://{ONE}.{DOMAIN}"
        assert "Can't contact" in directory.tried("ldapwhoami", who=anna, uri=only)
    finally:
        directory.said(ONE, "systemctl start slapd")
    assert wait_until(directory.agrees, seconds=30)
    assert directory.value(ONE, anna, "title") == "title: trong luc vang"


def test_people_are_brought_while_one_server_is_stopped(directory: Directory) -> None:
    directory.load()
    directory.said(ONE, "systemctl stop slapd")
    try:
        directory.csv.write_text(directory.rows + _row(FIRST, "Lê Thử An"), encoding="utf-8")
        done = directory.centre.province.playbook(
            "people.yml", "-e", f"directory__people={directory.csv}", "-l", TWO
        )
        succeeded(done)
    finally:
        directory.said(ONE, "systemctl start slapd")
    assert wait_until(directory.agrees, seconds=30)
    assert directory.value(ONE, f"uid=anlt,{PEOPLE}", "uid") == "uid: anlt"


def test_a_server_that_lost_everything_gets_it_from_the_other(
    directory: Directory, anna: str
) -> None:
    directory.said(ONE, "systemctl stop slapd; rm /var/lib/ldap/*.mdb")
    directory.said(TWO, "systemctl stop slapd")
    try:
        # Alone it has nothing, and does not begin a directory that the other knows nothing of.
        begun = directory.centre.province.playbook(
            "datacentre.yml", "--tags", "directory", "-l", ONE
        )
        assert begun.returncode != 0
        assert f"found no entries, and {TWO} was not asked" in " ".join(begun.stdout.split())
    finally:
        directory.said(TWO, "systemctl start slapd")
        directory.said(ONE, "systemctl start slapd")
    assert wait_until(directory.agrees, seconds=60)
    assert anna in directory.tried("ldapwhoami", who=anna, uri=f"ldaps://{ONE}.{DOMAIN}")


def test_a_restored_server_loses_nothing_of_what_the_other_has(
    directory: Directory, anna: str
) -> None:
    directory.said(ONE, "/usr/lib/giaoban/backup now")
    assert "read back" in directory.said(ONE, "/usr/lib/giaoban/backup read-back")
    directory.modify(TWO, anna, "replace: title\ntitle: sau ban sao")
    succeeded(directory.centre.province.playbook("restore.yml", "-l", ONE))
    assert wait_until(directory.agrees, seconds=60)
    for server in (ONE, TWO):
        assert directory.value(server, anna, "title") == "title: sau ban sao"
    assert anna in directory.tried("ldapwhoami", who=anna, uri=f"ldaps://{ONE}.{DOMAIN}")


def test_both_go_back_together_where_they_were_stopped_before(
    directory: Directory, anna: str
) -> None:
    for server in (ONE, TWO):
        directory.said(server, "/usr/lib/giaoban/backup now")
    directory.modify(ONE, anna, "replace: title\ntitle: nham")
    assert wait_until(directory.agrees, seconds=20)
    for server in (ONE, TWO):
        directory.said(server, "systemctl stop slapd")
    try:
        succeeded(directory.centre.province.playbook("restore.yml", "-l", "directory"))
    finally:
        for server in (ONE, TWO):
            directory.said(server, "systemctl start slapd")
    assert wait_until(directory.agrees, seconds=60)
    for server in (ONE, TWO):
        assert directory.value(server, anna, "title") == ""
    assert anna in directory.tried("ldapwhoami", who=anna)


def test_a_copy_that_is_no_copy_is_told_and_not_taken(directory: Directory, anna: str) -> None:
    hook = "/etc/giaoban/backup.d/directory"
    directory.said(ONE, f"mkdir -p /root/copy; {hook} save /root/copy")
    try:
        directory.said(ONE, f"{hook} look /root/copy")
        directory.said(ONE, "sed -i 's/^objectClass: inetOrgPerson/objectClass: x/' /root/copy/*")
        assert directory.tool(ONE, f"{hook} look /root/copy").returncode != 0
        assert directory.tool(ONE, f"{hook} restore /root/copy").returncode != 0
        assert wait_until(directory.agrees, seconds=30)
        assert directory.value(ONE, anna, "uid") == "uid: anlt"
    finally:
        directory.said(ONE, "rm -r /root/copy")


def test_a_configuration_that_is_wrong_does_not_replace_the_one_before(
    directory: Directory,
) -> None:
    before = directory.said(ONE, "cat /etc/ldap/slapd.conf")
    done = directory.centre.province.playbook(
        "datacentre.yml", "--tags", "directory", "-l", ONE, "-e", "directory__size_mib=-1"
    )
    assert done.returncode != 0
    assert "/etc/ldap/slapd.conf: not placed" in done.stdout
    assert directory.said(ONE, "cat /etc/ldap/slapd.conf") == before
    assert directory.agrees()
