"""What is wrong and what to do about it, in English and Vietnamese."""

from __future__ import annotations

CAUSES: dict[str, tuple[str, str]] = {
    "cause.cut-off.title": (
        "{device} is cut off: all its circuits ({circuits}) are silent",
        "{device} bị cô lập: toàn bộ đường truyền ({circuits}) đều không thông",
    ),
    "cause.cut-off.remedy": (
        (
            "Ask at {site} whether there is power and {device} is on. If it is, call the"
            " carriers and report every circuit listed: lines of several carriers that die"
            " together often share a duct or a pole."
        ),
        (
            "Hỏi {site} xem có điện không và {device} có bật không. Nếu có, gọi các nhà mạng và"
            " báo từng đường truyền trong danh sách: đường của nhiều nhà mạng hỏng cùng lúc"
            " thường do chung cống bể hoặc cột."
        ),
    ),
    "cause.circuit-down.title": (
        "circuit {circuit} is down",
        "đường truyền {circuit} bị đứt",
    ),
    "cause.circuit-down.remedy": (
        (
            "Ask at {site} whether the router and the carrier's box have power and their lamps"
            " are on. If so, report the circuit to the carrier with its number."
        ),
        (
            "Hỏi {site} xem bộ định tuyến và thiết bị của nhà mạng có điện, đèn có sáng không."
            " Nếu có, báo hỏng cho nhà mạng theo số hiệu đường truyền."
        ),
    ),
    "cause.circuit-one-family.title": (
        "circuit {circuit} carries only one of IPv4 and IPv6",
        "đường truyền {circuit} chỉ thông một trong hai giao thức IPv4, IPv6",
    ),
    "cause.circuit-one-family.remedy": (
        "The line itself works. Ask the carrier whether a filter was put on the circuit.",
        ("Bản thân đường truyền vẫn thông. Hỏi nhà mạng xem có đặt bộ lọc trên đường này không."),
    ),
    "cause.circuit-loss.title": (
        "circuit {circuit} loses packets",
        "đường truyền {circuit} bị mất gói",
    ),
    "cause.circuit-loss.remedy": (
        (
            "Report the loss to the carrier with the figure above. Meanwhile check at {site}"
            " that the plug and the cable to the carrier's box sit firmly."
        ),
        (
            "Báo nhà mạng kèm số liệu mất gói ở trên. Trong khi chờ, kiểm tra tại {site} đầu"
            " cắm và dây nối vào thiết bị nhà mạng có chắc không."
        ),
    ),
    "cause.mtu-black-hole.title": (
        "circuit {circuit} swallows large packets",
        "đường truyền {circuit} nuốt gói lớn",
    ),
    "cause.mtu-black-hole.remedy": (
        (
            "Ask the carrier to restore the MTU of the contract: a tunnel or a media converter"
            " on the way drops larger packets without a word."
        ),
        (
            "Yêu cầu nhà mạng khôi phục MTU theo hợp đồng: một đường hầm hoặc bộ chuyển đổi"
            " trên tuyến đang loại bỏ gói lớn mà không báo."
        ),
    ),
    "cause.rate-below-contract.title": (
        "circuit {circuit} is slower than its contract",
        "đường truyền {circuit} chậm hơn hợp đồng",
    ),
    "cause.rate-below-contract.remedy": (
        (
            "Our own shapers are as planned and no packet is lost, so the limit is the"
            " carrier's. Report the measured and the contracted rate."
        ),
        (
            "Bộ điều tốc phía mình đúng kế hoạch và không mất gói, vậy giới hạn nằm ở nhà mạng."
            " Báo tốc độ đo được và tốc độ hợp đồng."
        ),
    ),
    "cause.device-silent.title": (
        "{place} does not answer",
        "{place} không trả lời",
    ),
    "cause.device-silent.remedy": (
        "The way to it is sound. Ask at {site} whether it has power; switch it off and on.",
        ("Đường đến thiết bị vẫn tốt. Hỏi {site} xem thiết bị có điện không; tắt rồi bật lại."),
    ),
    "cause.family-unreachable.title": (
        "{place} is reachable in one family only",
        "{place} chỉ liên lạc được qua một giao thức",
    ),
    "cause.family-unreachable.remedy": (
        (
            "Compare its addresses and default routes with the plan and push the configuration"
            " again."
        ),
        "So địa chỉ và tuyến mặc định của thiết bị với kế hoạch rồi đẩy lại cấu hình.",
    ),
    "cause.login-refused.title": (
        "{place} is up, but its observer cannot log in",
        "{place} đang chạy nhưng tài khoản giám sát không đăng nhập được",
    ),
    "cause.login-refused.remedy": (
        "Push the role base to it again; if that cannot log in either, use the bench port.",
        (
            "Đẩy lại vai trò base cho thiết bị; nếu vẫn không đăng nhập được thì dùng cổng quản"
            " trị tại chỗ."
        ),
    ),
    "cause.host-key-changed.title": (
        "{place} is not the box on record",
        "{place} không phải thiết bị đã đăng ký",
    ),
    "cause.host-key-changed.remedy": (
        (
            "If the box was replaced, record its new host key. If not, treat it as an"
            " intrusion: do not log in, call the NOC."
        ),
        (
            "Nếu vừa thay thiết bị, lưu khóa mới. Nếu không, coi là xâm nhập: không đăng nhập,"
            " gọi trung tâm điều hành."
        ),
    ),
    "cause.interface-missing.title": (
        "{place} does not exist",
        "không có cổng {place}",
    ),
    "cause.interface-missing.remedy": (
        (
            "Look whether the module is plugged in and named as planned; push the configuration"
            " again."
        ),
        "Kiểm tra mô-đun đã cắm và đặt tên đúng kế hoạch chưa; đẩy lại cấu hình.",
    ),
    "cause.interface-disabled.title": (
        "{place} was switched off by hand",
        "{place} bị tắt bằng tay",
    ),
    "cause.interface-disabled.remedy": (
        "Find out who switched it off and why, then push the configuration again.",
        "Tìm hiểu ai đã tắt và lý do, sau đó đẩy lại cấu hình.",
    ),
    "cause.interface-mtu.title": (
        "{place} has another MTU than planned",
        "{place} có MTU khác kế hoạch",
    ),
    "cause.interface-mtu.remedy": (
        "Push the configuration again.",
        "Đẩy lại cấu hình.",
    ),
    "cause.interface-addresses.title": (
        "{place} lacks its planned address",
        "{place} thiếu địa chỉ theo kế hoạch",
    ),
    "cause.interface-addresses.remedy": (
        "Push the configuration again; look for an address set by hand.",
        "Đẩy lại cấu hình; tìm xem có địa chỉ nào được đặt bằng tay không.",
    ),
    "cause.no-carrier.title": (
        "{place} has no carrier",
        "{place} mất tín hiệu",
    ),
    "cause.no-carrier.remedy": (
        "At {site}: check the cable of this port and the power of the box at its other end.",
        "Tại {site}: kiểm tra dây cắm ở cổng này và nguồn điện của thiết bị đầu kia.",
    ),
    "cause.queues-missing.title": (
        "{place} is not shaped",
        "{place} chưa được điều tốc",
    ),
    "cause.queues-missing.remedy": (
        "Push the role qos to the router.",
        "Đẩy vai trò qos cho bộ định tuyến.",
    ),
    "cause.queues-wrong.title": (
        "{place} is shaped otherwise than planned",
        "{place} điều tốc khác kế hoạch",
    ),
    "cause.queues-wrong.remedy": (
        "Push the role qos to the router; look for a shaper set by hand.",
        "Đẩy vai trò qos cho bộ định tuyến; tìm xem có ai đặt điều tốc bằng tay không.",
    ),
    "cause.queues-unused.title": (
        "traffic passes {place} beside its shaper",
        "lưu lượng qua {place} không đi qua bộ điều tốc",
    ),
    "cause.queues-unused.remedy": (
        "Push the role qos to the router and look whether the interface was remade since.",
        ("Đẩy vai trò qos cho bộ định tuyến và xem cổng có bị tạo lại từ lần đẩy trước không."),
    ),
    "cause.bfd-missing.title": (
        "{place} does not run BFD",
        "{place} không chạy BFD",
    ),
    "cause.bfd-missing.remedy": (
        "Push the role wan_router to the router.",
        "Đẩy vai trò wan_router cho bộ định tuyến.",
    ),
    "cause.bfd-down.title": (
        "BFD over {place} is down while the circuit carries packets",
        "BFD qua {place} không hoạt động trong khi đường truyền vẫn thông",
    ),
    "cause.bfd-down.remedy": (
        ("Compare the firewalls (UDP 3784) and the BFD settings of both ends; push both again."),
        "So sánh tường lửa (UDP 3784) và cấu hình BFD hai đầu; đẩy lại cả hai.",
    ),
    "cause.bfd-interval.title": (
        "{place} runs BFD at another interval than planned",
        "{place} chạy BFD với chu kỳ khác kế hoạch",
    ),
    "cause.bfd-interval.remedy": (
        "Push the role wan_router to the router.",
        "Đẩy vai trò wan_router cho bộ định tuyến.",
    ),
    "cause.ospf-missing.title": (
        "{place} does not speak OSPF",
        "{place} không chạy OSPF",
    ),
    "cause.ospf-missing.remedy": (
        "Look whether FRR's ospfd and ospf6d run, then push the role wan_router.",
        "Xem ospfd và ospf6d của FRR có chạy không, rồi đẩy vai trò wan_router.",
    ),
    "cause.ospf-mismatch.title": (
        "the two ends of {place} differ in OSPF",
        "hai đầu của {place} khác nhau về OSPF",
    ),
    "cause.ospf-mismatch.remedy": (
        "Push the role wan_router to both ends as one change.",
        "Đẩy vai trò wan_router cho cả hai đầu trong cùng một thay đổi.",
    ),
    "cause.ospf-down.title": (
        "OSPF over {place} does not come up",
        "OSPF qua {place} không thiết lập được",
    ),
    "cause.ospf-down.remedy": (
        ("The circuit and BFD are sound: compare the OSPF keys of both ends and push both again."),
        "Đường truyền và BFD đều tốt: so khóa OSPF hai đầu rồi đẩy lại cả hai.",
    ),
    "cause.bgp-wrong-as.title": (
        "{place} has a wrong AS number",
        "{place} đặt sai số hiệu AS",
    ),
    "cause.bgp-wrong-as.remedy": (
        ("Push the role wan_router to {place}. The other end is as planned; do not change it."),
        "Đẩy vai trò wan_router cho {place}. Đầu kia đúng kế hoạch, không sửa.",
    ),
    "cause.bgp-neighbor-missing.title": (
        "{place} lacks a BGP neighbour",
        "{place} thiếu láng giềng BGP",
    ),
    "cause.bgp-neighbor-missing.remedy": (
        "Push the role wan_router to {place}.",
        "Đẩy vai trò wan_router cho {place}.",
    ),
    "cause.bgp-session-down.title": (
        "BGP session {place} does not come up",
        "phiên BGP {place} không thiết lập được",
    ),
    "cause.bgp-session-down.remedy": (
        (
            "The circuit, BFD and the AS numbers are right: compare the passwords of both ends,"
            " then the firewalls (TCP 179), and push both ends as one change."
        ),
        (
            "Đường truyền, BFD và số hiệu AS đều đúng: so mật khẩu hai đầu, sau đó tường lửa"
            " (TCP 179), rồi đẩy cả hai đầu trong cùng một thay đổi."
        ),
    ),
    "cause.prefix-missing.title": (
        "{place} has no route to {site}",
        "{place} không có đường đến {site}",
    ),
    "cause.prefix-missing.remedy": (
        "All sessions are up: compare the prefix lists on the way with the plan.",
        "Mọi phiên đều hoạt động: so các danh sách tiền tố trên đường đi với kế hoạch.",
    ),
    "cause.routes-not-in-kernel.title": (
        "{place} has lost routes out of its kernel",
        "{place} bị mất tuyến trong nhân hệ điều hành",
    ),
    "cause.routes-not-in-kernel.remedy": (
        "Restart FRR on it in a quiet hour; the interfaces were reconfigured under it.",
        (
            "Khởi động lại FRR trên thiết bị vào giờ vắng; các cổng đã bị cấu hình lại khi FRR"
            " đang chạy."
        ),
    ),
    "cause.default-missing.title": (
        "{place} has no default route",
        "{place} không có tuyến mặc định",
    ),
    "cause.default-missing.remedy": (
        (
            "Sessions are up: look at the cores' announcement of the default and the prefix"
            " list DEFAULT."
        ),
        (
            "Các phiên đều hoạt động: xem lõi có quảng bá tuyến mặc định không và danh sách"
            " tiền tố DEFAULT."
        ),
    ),
    "cause.path-loss.title": (
        "packets are lost between the NOC and {place}",
        "mất gói giữa trung tâm điều hành và {place}",
    ),
    "cause.path-loss.remedy": (
        (
            "No single circuit on the way loses packets by itself: look at the load and the"
            " queues of the routers on the way."
        ),
        (
            "Không đường truyền nào trên tuyến tự mất gói: xem tải và hàng đợi của các bộ định"
            " tuyến trên đường."
        ),
    ),
    "cause.path-slow.title": (
        "the way between the NOC and {place} is slow",
        "đường từ trung tâm điều hành đến {place} bị trễ",
    ),
    "cause.path-slow.remedy": (
        "Look at the load of the circuits on the way, then ask the carrier about the route.",
        "Xem tải các đường truyền trên tuyến, sau đó hỏi nhà mạng về tuyến đi.",
    ),
    "cause.trunk-missing.title": (
        "{place} is not part of the switch",
        "{place} không nằm trong thiết bị chuyển mạch",
    ),
    "cause.trunk-missing.remedy": (
        "Push the role lan_switch to the switch.",
        "Đẩy vai trò lan_switch cho thiết bị chuyển mạch.",
    ),
    "cause.trunk-vlans.title": (
        "{place} carries other VLANs than planned",
        "{place} mang VLAN khác kế hoạch",
    ),
    "cause.trunk-vlans.remedy": (
        "Push the configuration of the switch and of the router again.",
        "Đẩy lại cấu hình thiết bị chuyển mạch và bộ định tuyến.",
    ),
    "cause.access-port-missing.title": (
        "{place} is not part of the switch",
        "{place} không nằm trong thiết bị chuyển mạch",
    ),
    "cause.access-port-missing.remedy": (
        "Push the role lan_switch to the switch.",
        "Đẩy vai trò lan_switch cho thiết bị chuyển mạch.",
    ),
    "cause.wrong-access-vlan.title": (
        "{place} is in the wrong VLAN",
        "{place} nằm sai VLAN",
    ),
    "cause.wrong-access-vlan.remedy": (
        (
            "Push the role lan_switch to the switch; then pull and plug the cable of the box so"
            " that it asks for a new address."
        ),
        (
            "Đẩy vai trò lan_switch cho thiết bị chuyển mạch; sau đó rút và cắm lại dây của máy"
            " để máy xin địa chỉ mới."
        ),
    ),
    "cause.no-lease.title": (
        "{place} gets no IPv4 address",
        "{place} không nhận được địa chỉ IPv4",
    ),
    "cause.no-lease.remedy": (
        (
            "Switch and trunk are as planned: look whether dnsmasq runs on the site's router"
            " and whether its pool is full; then pull and plug the cable of the computer."
        ),
        (
            "Thiết bị chuyển mạch và đường trung kế đúng kế hoạch: xem dnsmasq trên bộ định"
            " tuyến có chạy không, dải cấp phát có hết không; sau đó rút và cắm lại dây mạng"
            " của máy."
        ),
    ),
    "cause.no-router-advertisement.title": (
        "{place} gets no IPv6 address",
        "{place} không nhận được địa chỉ IPv6",
    ),
    "cause.no-router-advertisement.remedy": (
        "Look whether dnsmasq on the site's router sends router advertisements.",
        "Xem dnsmasq trên bộ định tuyến có gửi quảng bá bộ định tuyến (RA) không.",
    ),
    "cause.data-centre-unreachable.title": (
        "{place} does not reach the data centre",
        "{place} không thông đến trung tâm dữ liệu",
    ),
    "cause.data-centre-unreachable.remedy": (
        (
            "The WAN is sound: compare the zone firewalls of the site and of the cores with the"
            " matrix."
        ),
        "Mạng diện rộng vẫn tốt: so tường lửa phân vùng của điểm và của lõi với ma trận.",
    ),
    "cause.zone-open.title": (
        "{place} gets into another zone",
        "{place} vào được vùng khác",
    ),
    "cause.zone-open.remedy": (
        (
            "This is a hole: push the role zone_firewall to the site's router now and tell the"
            " security officer."
        ),
        (
            "Đây là lỗ hổng: đẩy ngay vai trò zone_firewall cho bộ định tuyến của điểm và báo"
            " cán bộ an toàn thông tin."
        ),
    ),
}
