"""The services that are asked whether they serve, and what to do when one does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """A service in both languages: its name, what stops without it, and what to do."""

    vi: str
    en: str
    stops_vi: str
    stops_en: str
    units: str


SERVICES: Final[dict[str, ServiceWords]] = {
    "dns": ServiceWords(
        "Tên miền",
        "Names",
        "máy trạm và máy chủ không tìm được tên",
        "computers and servers find no names",
        "unbound knot",
    ),
    "time": ServiceWords(
        "Đồng hồ", "Time", "đồng hồ của thiết bị trôi dần", "clocks of boxes drift", "chrony"
    ),
    "pki": ServiceWords(
        "Chứng thư",
        "Certificates",
        "máy chủ không gia hạn được chứng thư (còn dùng được ít nhất 7 ngày)",
        "servers renew no certificates (theirs are good for 7 days and more)",
        "caddy",
    ),
    "mirror": ServiceWords(
        "Kho phần mềm", "Packages", "không cài được phần mềm", "nothing can be installed", "nginx"
    ),
    "directory": ServiceWords(
        "Danh bạ người dùng",
        "Directory",
        "người dùng không đăng nhập được",
        "people cannot log in",
        "slapd",
    ),
    "database": ServiceWords(
        "Cơ sở dữ liệu",
        "Database",
        "ứng dụng không đọc, ghi được dữ liệu",
        "applications read and write nothing",
        "patroni",
    ),
    "web": ServiceWords(
        "Cổng ứng dụng web",
        "Web front",
        "không mở được ứng dụng web",
        "web applications do not open",
        "nginx",
    ),
    "meeting": ServiceWords(
        "Họp trực tuyến",
        "Meetings",
        "không họp trực tuyến được",
        "nobody can meet by video",
        "livekit-server nginx",
    ),
    "log": ServiceWords(
        "Nhật ký tập trung",
        "Logs",
        "nhật ký nằm lại trên từng máy",
        "logs stay on each box",
        "giaoban-log",
    ),
    "backup": ServiceWords(
        "Sao lưu",
        "Copies",
        "không có bản sao lưu mới",
        "no new copies are made",
        "giaoban-backup-store nginx",
    ),
}
