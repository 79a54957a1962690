"""Words of the screens, in English and Vietnamese."""

from __future__ import annotations

SCREENS: dict[str, tuple[str, str]] = {
    "state.PASS": (
        "PASS",
        "ĐẠT",
    ),
    "state.FAIL": (
        "FAIL",
        "HỎNG",
    ),
    "state.UNKNOWN": (
        "UNKNOWN",
        "CHƯA RÕ",
    ),
    "state.BLOCKED": (
        "BLOCKED",
        "BỊ CHẶN",
    ),
    "state.NOT APPLICABLE": (
        "NOT APPLICABLE",
        "KHÔNG XÉT",
    ),
    "table.site": (
        "Site",
        "Điểm",
    ),
    "table.state": (
        "State",
        "Trạng thái",
    ),
    "table.note": (
        "Note",
        "Ghi chú",
    ),
    "table.title": (
        "{province}: {sites} sites",
        "{province}: {sites} điểm",
    ),
    "table.asking": (
        "asking {devices} devices",
        "đang hỏi {devices} thiết bị",
    ),
    "table.closing": (
        (
            "{checks} answers in {seconds} s: {passed} pass, {failed} fail, {blocked} blocked,"
            " {unknown} unknown, {rest} not applicable"
        ),
        (
            "{checks} câu trả lời trong {seconds} giây: {passed} đạt, {failed} hỏng, {blocked}"
            " bị chặn, {unknown} chưa rõ, {rest} không xét"
        ),
    ),
    "table.absent": (
        "{count} sites are planned but nothing of them stands here; they were not asked",
        "{count} điểm có trong kế hoạch nhưng chưa dựng tại đây; không hỏi các điểm này",
    ),
    "note.standby": (
        "carried by the standby circuit {circuit}",
        "đang chạy qua đường dự phòng {circuit}",
    ),
    "note.blocked": (
        "waits for: {causes}",
        "chờ khắc phục: {causes}",
    ),
    "cause.heading": (
        "{number}. {title}",
        "{number}. {title}",
    ),
    "cause.evidence": (
        "found",
        "bằng chứng",
    ),
    "cause.remedy": (
        "do",
        "xử lý",
    ),
    "cause.call": (
        "call",
        "gọi",
    ),
    "cause.reference": (
        "circuit number {reference}",
        "số hiệu đường truyền {reference}",
    ),
    "cause.blocks": (
        "cut off with it: {sites}",
        "bị ảnh hưởng theo: {sites}",
    ),
    "link.good": (
        "The link of {site} is good.",
        "Đường truyền của {site} tốt.",
    ),
    "link.bad": (
        "The link of {site} is not good.",
        "Đường truyền của {site} không tốt.",
    ),
    "link.unknown": (
        "Nobody can say whether the link of {site} is good: some answers are missing.",
        "Chưa kết luận được đường truyền của {site}: thiếu một số câu trả lời.",
    ),
    "link.unanswered": (
        "not answered",
        "chưa có câu trả lời",
    ),
    "link.circuit": (
        "{circuit}: {carrier}, number {reference}, {rate} Mbit/s, fault desk {phone}",
        "{circuit}: {carrier}, số hiệu {reference}, {rate} Mbit/s, báo hỏng {phone}",
    ),
    "link.noc": (
        "NOC: {name}, {phone}",
        "Trung tâm điều hành: {name}, {phone}",
    ),
    "here.title": (
        "Seen from this laptop at {site}",
        "Nhìn từ máy tính này tại {site}",
    ),
    "here.no-address": (
        (
            "this laptop has no address of {site}: plug it into an office port or the"
            " management port"
        ),
        "máy này chưa có địa chỉ của {site}: cắm vào cổng văn phòng hoặc cổng quản trị",
    ),
    "here.address": (
        "this laptop has {address}, zone {zone}: cable, switch and DHCP work",
        ("máy này có địa chỉ {address}, vùng {zone}: dây, thiết bị chuyển mạch và DHCP đều chạy"),
    ),
    "here.gateway-silent": (
        (
            "the gateway {gateway} does not answer: the router or the cable to it is dead; look"
            " at its power first"
        ),
        (
            "cổng mạng {gateway} không trả lời: bộ định tuyến hoặc dây nối đến nó bị hỏng; kiểm"
            " tra nguồn điện trước"
        ),
    ),
    "here.gateway": (
        "the gateway {gateway} answers: the router is alive",
        "cổng mạng {gateway} trả lời: bộ định tuyến đang chạy",
    ),
    "here.no-login": (
        (
            "the router cannot be asked from here (no key on this laptop, or this zone may"
            " not); use the management port"
        ),
        (
            "không hỏi được bộ định tuyến từ đây (máy không có khóa hoặc vùng này không được"
            " phép); hãy dùng cổng quản trị"
        ),
    ),
    "here.circuit-silent": (
        ("the router gets no answer over {circuit}: call {carrier}, {phone}, number {reference}"),
        (
            "bộ định tuyến không nhận được trả lời qua {circuit}: gọi {carrier}, {phone}, số"
            " hiệu {reference}"
        ),
    ),
    "here.circuit-alive": (
        "the router reaches the other end of {circuit}: the line is good here, call the NOC",
        (
            "bộ định tuyến thông đến đầu kia của {circuit}: đường truyền tốt ở đây, gọi trung"
            " tâm điều hành"
        ),
    ),
    "here.circuit-unread": (
        "the router could not say how {circuit} is",
        "bộ định tuyến không cho biết được tình trạng {circuit}",
    ),
}
