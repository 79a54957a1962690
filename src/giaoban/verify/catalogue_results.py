"""What a check found, in English and Vietnamese."""

from __future__ import annotations

RESULTS: dict[str, tuple[str, str]] = {
    "any.no-evidence": (
        "{device} could not be asked",
        "không hỏi được {device}",
    ),
    "any.unreadable": (
        "{device} gave no usable answer to “{command}”",
        "{device} không trả lời hợp lệ cho lệnh “{command}”",
    ),
    "any.blocked": (
        "cannot be judged before this is mended: {cause}",
        "chưa thể đánh giá trước khi khắc phục: {cause}",
    ),
    "device-reachable.pass": (
        "{device} answers in both families and lets its observer in",
        "{device} trả lời qua cả IPv4 lẫn IPv6 và cho tài khoản giám sát đăng nhập",
    ),
    "device-reachable.silent": (
        "{device} answers neither echoes nor SSH",
        "{device} không trả lời ping, cũng không trả lời SSH",
    ),
    "device-reachable.one-family": (
        "{device} does not answer over {family}",
        "{device} không trả lời qua {family}",
    ),
    "device-reachable.login": (
        "{device} answers echoes, but logging in ended with: {how}",
        "{device} trả lời ping nhưng đăng nhập không thành: {how}",
    ),
    "device-reachable.host-key": (
        "{device} shows another SSH host key than the one on record",
        "{device} đưa ra khóa máy chủ SSH khác với khóa đã lưu",
    ),
    "device-reachable.came-back": (
        "{device} was silent when the run began and answers now; ask again in half a minute",
        "{device} im lặng lúc bắt đầu kiểm tra nhưng nay đã trả lời; hãy kiểm tra lại sau nửa phút",
    ),
    "device-reachable.no-probe": (
        "{device} lets its observer in; no host could send it echoes",
        "{device} cho đăng nhập, nhưng không có máy nào để ping thử",
    ),
    "device-reachable.not-ours": (
        "{device} is the carrier's: it lets none of us in and is judged from outside",
        "{device} thuộc nhà mạng: không đăng nhập được, chỉ đánh giá từ bên ngoài",
    ),
    "trunk-vlans.no-switch": (
        "{site} has no switch of ours",
        "{site} không có thiết bị chuyển mạch thuộc quyền quản lý",
    ),
    "interface-configured.pass": (
        "{port} is enabled, MTU {mtu}, addresses as planned",
        "{port} đang bật, MTU {mtu}, địa chỉ đúng kế hoạch",
    ),
    "interface-configured.missing": (
        "{port} does not exist",
        "không có cổng {port}",
    ),
    "interface-configured.disabled": (
        "{port} is switched off in the configuration",
        "{port} đang bị tắt trong cấu hình",
    ),
    "interface-configured.mtu": (
        "{port} has MTU {found}, planned {planned}",
        "{port} có MTU {found}, kế hoạch là {planned}",
    ),
    "interface-configured.addresses": (
        "{port} lacks {missing}",
        "{port} thiếu địa chỉ {missing}",
    ),
    "interface-up.pass": (
        "{port} has carrier",
        "{port} có tín hiệu",
    ),
    "interface-up.no-carrier": (
        "{port} has no carrier",
        "{port} mất tín hiệu",
    ),
    "interface-up.not-enabled": (
        "{port} is not enabled, so its carrier says nothing",
        "{port} chưa được bật nên không xét được tín hiệu",
    ),
    "circuit.pass": (
        "{circuit}: echoes return between {lower} and {upper} in both families",
        "{circuit}: ping thông giữa {lower} và {upper} qua cả IPv4 lẫn IPv6",
    ),
    "circuit.silent": (
        (
            "{circuit}: none of {sent} echoes between {lower} and {upper} came back; the ports"
            " still have carrier"
        ),
        (
            "{circuit}: gửi {sent} gói ping giữa {lower} và {upper}, không gói nào quay lại;"
            " các cổng vẫn có tín hiệu"
        ),
    ),
    "circuit.no-carrier": (
        "{circuit}: none of {sent} echoes came back, no carrier at {ports}",
        "{circuit}: gửi {sent} gói ping không gói nào quay lại, mất tín hiệu tại {ports}",
    ),
    "circuit.one-family": (
        "{circuit}: no {family} echo crosses, the other family does",
        "{circuit}: {family} không thông, giao thức còn lại vẫn thông",
    ),
    "circuit.not-sent": (
        "{circuit}: no echo was sent",
        "{circuit}: chưa gửi được gói ping nào",
    ),
    "circuit-loss.pass": (
        ("{circuit}: {lost} of {sent} echoes lost (this sample excludes loss above {bound} %)"),
        ("{circuit}: mất {lost} trên {sent} gói (mẫu này loại trừ mức mất gói trên {bound} %)"),
    ),
    "circuit-loss.loss": (
        "{circuit}: {percent} % of packets lost ({lost} of {sent} echoes)",
        "{circuit}: mất {percent} % số gói ({lost} trên {sent} gói ping)",
    ),
    "circuit-loss.no-echo": (
        "{circuit}: no echo came back, so loss has no figure",
        "{circuit}: không gói ping nào quay lại nên không tính được tỷ lệ mất gói",
    ),
    "path-mtu.pass": (
        "{circuit}: packets of {mtu} bytes cross unfragmented",
        "{circuit}: gói {mtu} byte đi qua không phải phân mảnh",
    ),
    "path-mtu.black-hole": (
        (
            "{circuit}: packets of {mtu} bytes vanish while small ones pass; the largest size"
            " that passed is {largest}"
        ),
        (
            "{circuit}: gói {mtu} byte bị mất hút trong khi gói nhỏ vẫn qua; cỡ lớn nhất đi qua"
            " được là {largest}"
        ),
    ),
    "path-mtu.too-lossy": (
        "{circuit}: {percent} % loss, too much to judge by four full-size echoes",
        "{circuit}: mất {percent} % số gói, không thể kết luận bằng bốn gói cỡ đầy đủ",
    ),
    "path-mtu.no-echo": (
        "{circuit}: no echo crosses, so no size can be judged",
        "{circuit}: không gói ping nào đi qua nên không xét được cỡ gói",
    ),
    "circuit-rate.pass": (
        "{circuit}: {measured} Mbit/s of {committed} in a burst of {milliseconds} ms",
        "{circuit}: đạt {measured} trên {committed} Mbit/s trong {milliseconds} ms đo",
    ),
    "circuit-rate.shaped": (
        (
            "{circuit}: {measured} Mbit/s of {committed} in a burst of {milliseconds} ms, held back"
            " by our own shaper and not by the circuit"
        ),
        (
            "{circuit}: đạt {measured} trên {committed} Mbit/s trong {milliseconds} ms đo, do bộ"
            " giới hạn tốc độ của mình giữ lại chứ không phải do đường truyền"
        ),
    ),
    "circuit-rate.low": (
        (
            "{circuit}: {measured} Mbit/s of the contract's {committed} (best burst,"
            " {milliseconds} ms, {lost} echoes lost)"
        ),
        (
            "{circuit}: chỉ đạt {measured} trên {committed} Mbit/s theo hợp đồng (lần đo tốt"
            " nhất, {milliseconds} ms, mất {lost} gói)"
        ),
    ),
    "circuit-rate.not-filled": (
        (
            "{circuit}: the probe reached {measured} of {committed} Mbit/s without filling the"
            " circuit, so the circuit has no figure"
        ),
        (
            "{circuit}: phép đo chỉ phát được {measured} trên {committed} Mbit/s mà chưa làm đầy"
            " đường truyền nên chưa kết luận được"
        ),
    ),
    "circuit-rate.no-echo": (
        "{circuit}: the burst brought no answer",
        "{circuit}: đợt đo không có gói nào quay lại",
    ),
    "circuit-rate.not-ours": (
        "{circuit}: the router at the other end is not ours to load",
        "{circuit}: bộ định tuyến đầu kia không thuộc quyền quản lý nên không đo tải",
    ),
    "queues.pass": (
        ("{port}: shaped to {rate} kbit/s, classes as planned, {packets} packets while we looked"),
        "{port}: giới hạn {rate} kbit/s, các lớp đúng kế hoạch, {packets} gói trong lúc đo",
    ),
    "queues.missing": (
        "{port} has no shaper: the queue stands at the carrier",
        "{port} không có bộ điều tốc: hàng đợi dồn về phía nhà mạng",
    ),
    "queues.rate": (
        "{port} is shaped to {found} kbit/s, planned {planned}",
        "{port} bị giới hạn {found} kbit/s, kế hoạch là {planned}",
    ),
    "queues.classes": (
        "{port}: classes {classes} are not as planned",
        "{port}: các lớp {classes} không đúng kế hoạch",
    ),
    "queues.still": (
        "{port}: not one packet passed the shaper while we sent echoes",
        "{port}: không gói nào đi qua bộ điều tốc trong lúc gửi ping",
    ),
    "queues.no-second": (
        "{port}: the counters were not read a second time",
        "{port}: chưa đọc được bộ đếm lần thứ hai",
    ),
    "bfd.pass": (
        "{circuit}: BFD is up in both families at {interval} ms ({ends} ends asked)",
        ("{circuit}: BFD hoạt động qua cả IPv4 lẫn IPv6, chu kỳ {interval} ms (hỏi {ends} đầu)"),
    ),
    "bfd.missing": (
        "{circuit}: {port} has no BFD session in one family",
        "{circuit}: {port} thiếu phiên BFD ở một giao thức",
    ),
    "bfd.down": (
        "{circuit}: {port} has its BFD session with {peer} down",
        "{circuit}: phiên BFD của {port} với {peer} không hoạt động",
    ),
    "bfd.interval": (
        "{circuit}: {port} runs BFD at {found}, planned {planned}",
        "{circuit}: {port} chạy BFD với chu kỳ {found}, kế hoạch là {planned}",
    ),
    "ospf.pass": (
        "{adjacency} is Full ({ends} ends asked)",
        "{adjacency} ở trạng thái Full (hỏi {ends} đầu)",
    ),
    "ospf.not-spoken": (
        "{adjacency}: OSPF is not configured on {port}",
        "{adjacency}: {port} chưa cấu hình OSPF",
    ),
    "ospf.mismatch": (
        "{adjacency}: the two ends differ in {parameters}",
        "{adjacency}: hai đầu khác nhau ở {parameters}",
    ),
    "ospf.not-full": (
        ("{adjacency}: {port} sees its neighbour as {state}, both ends agree in their parameters"),
        ("{adjacency}: {port} thấy láng giềng ở trạng thái {state}, tham số hai đầu khớp nhau"),
    ),
    "bgp-parameters.pass": (
        "{session}: AS numbers as planned ({ends} ends asked)",
        "{session}: số hiệu AS đúng kế hoạch (hỏi {ends} đầu)",
    ),
    "bgp-parameters.remote-as": (
        "{session}: {device} expects AS {found} of {far}, planned {planned}",
        "{session}: {device} khai báo AS {found} cho {far}, kế hoạch là {planned}",
    ),
    "bgp-parameters.own-as": (
        "{session}: {device} itself speaks as AS {found}, planned {planned}",
        "{session}: chính {device} đang dùng AS {found}, kế hoạch là {planned}",
    ),
    "bgp-parameters.far-as": (
        (
            "{session}: {near} is as planned and the session ends with “bad peer AS”, so"
            " {device} has a wrong AS"
        ),
        (
            "{session}: {near} đúng kế hoạch mà phiên bị ngắt với lỗi “bad peer AS”, vậy"
            " {device} đặt sai AS"
        ),
    ),
    "bgp-parameters.missing": (
        "{session}: {device} has no neighbour {far}",
        "{session}: {device} chưa khai báo láng giềng {far}",
    ),
    "bgp-parameters.one-end": (
        "{session}: {device} could not be asked and the session is not up",
        "{session}: không hỏi được {device} và phiên chưa thiết lập",
    ),
    "bgp-session.pass": (
        "{session} is Established ({ends} ends asked)",
        "{session} đã thiết lập (hỏi {ends} đầu)",
    ),
    "bgp-session.down": (
        (
            "{session}: {device} has it in state {state}, last error {error}; AS numbers and"
            " BFD are right"
        ),
        (
            "{session}: trên {device} ở trạng thái {state}, lỗi gần nhất {error}; số hiệu AS và"
            " BFD đều đúng"
        ),
    ),
    "site-prefixes.pass": (
        "prefixes of {site} are in {cores} cores, both families",
        "các dải địa chỉ của {site} có ở {cores} bộ định tuyến lõi, cả IPv4 lẫn IPv6",
    ),
    "site-prefixes.missing": (
        "{core} has no route to {prefixes}",
        "{core} không có đường đến {prefixes}",
    ),
    "site-prefixes.kernel": (
        "{core}: zebra has {prefixes}, its kernel has not",
        "{core}: zebra có {prefixes} nhưng nhân hệ điều hành không có",
    ),
    "site-default.pass": (
        "{device} has its default routes, leaving by {port}",
        "{device} có tuyến mặc định, đi ra cổng {port}",
    ),
    "site-default.missing": (
        "{device} has no {family} default route",
        "{device} không có tuyến mặc định {family}",
    ),
    "site-default.kernel": (
        "{device}: zebra has an {family} default route, the kernel has not",
        "{device}: zebra có tuyến mặc định {family} nhưng nhân hệ điều hành không có",
    ),
    "round-trip.pass": (
        (
            "{device}: {mean} ms from the NOC and back, {lost} of {sent} echoes lost (excludes"
            " loss above {bound} %)"
        ),
        (
            "{device}: khứ hồi từ trung tâm điều hành {mean} ms, mất {lost} trên {sent} gói"
            " (loại trừ mức mất gói trên {bound} %)"
        ),
    ),
    "round-trip.silent": (
        "{device}: none of {sent} echoes from the NOC came back",
        "{device}: {sent} gói ping từ trung tâm điều hành không gói nào quay lại",
    ),
    "round-trip.loss": (
        "{device}: {percent} % of echoes from the NOC lost ({lost} of {sent})",
        "{device}: mất {percent} % số gói ping từ trung tâm điều hành ({lost} trên {sent})",
    ),
    "round-trip.slow": (
        "{device}: {mean} ms from the NOC and back, the limit is {limit}",
        "{device}: khứ hồi từ trung tâm điều hành {mean} ms, giới hạn {limit} ms",
    ),
    "trunk-vlans.pass": (
        "{switch} and its routers carry VLANs {vlans} and no other",
        "{switch} và bộ định tuyến mang đúng các VLAN {vlans}",
    ),
    "trunk-vlans.missing": (
        "{port} is not part of the switch",
        "{port} không nằm trong thiết bị chuyển mạch",
    ),
    "trunk-vlans.switch": (
        "{port} carries VLANs {found}, planned {planned}",
        "{port} mang các VLAN {found}, kế hoạch là {planned}",
    ),
    "trunk-vlans.router": (
        "{port} is in VLAN {found}, planned {planned}",
        "{port} thuộc VLAN {found}, kế hoạch là {planned}",
    ),
    "access-port.pass": (
        "{port} is in VLAN {vlan}",
        "{port} thuộc VLAN {vlan}",
    ),
    "access-port.missing": (
        "{port} is not part of the switch",
        "cổng {port} không nằm trong thiết bị chuyển mạch",
    ),
    "access-port.vlan": (
        "{port} is in VLAN {found}, planned {planned} ({zone})",
        "cổng {port} thuộc VLAN {found}, kế hoạch là {planned} ({zone})",
    ),
    "workstation-address.pass": (
        "{box} has an address of the office zone in both families",
        "{box} có địa chỉ của vùng văn phòng ở cả IPv4 lẫn IPv6",
    ),
    "workstation-address.no-ipv4": (
        "{box} has no IPv4 address of {network}",
        "{box} không có địa chỉ IPv4 thuộc {network}",
    ),
    "workstation-address.no-ipv6": (
        "{box} has no IPv6 address of {network}",
        "{box} không có địa chỉ IPv6 thuộc {network}",
    ),
    "workstation-address.no-lease": (
        "the gateway has leased no address to {box}",
        "cổng mạng chưa cấp địa chỉ nào cho {box}",
    ),
    "workstation-address.lease-only": (
        "the gateway has leased {box} an address, but {box} cannot be asked",
        "cổng mạng đã cấp địa chỉ cho {box} nhưng không hỏi được {box}",
    ),
    "workstation-reaches.pass": (
        "{box} reaches {probe} in both families",
        "{box} thông đến {probe} qua cả IPv4 lẫn IPv6",
    ),
    "workstation-reaches.silent": (
        "{box} does not reach {probe} over {family}",
        "{box} không thông đến {probe} qua {family}",
    ),
    "workstation-reaches.not-sent": (
        "{box} sent no echo",
        "{box} chưa gửi được gói ping nào",
    ),
    "workstation-refused.pass": (
        "{box} is refused by {door} in another zone, which the NOC reaches",
        ("{box} bị từ chối khi vào {door} ở vùng khác, trong khi trung tâm điều hành vào được"),
    ),
    "workstation-refused.open": (
        "{box} can open SSH of {door} at {address}, in another zone",
        "{box} mở được SSH của {door} tại {address}, thuộc vùng khác",
    ),
    "workstation-refused.no-control": (
        "{box} was refused by {door}, but nobody else got in either, so nothing is proven",
        ("{box} bị {door} từ chối, nhưng không ai khác vào được nên chưa chứng minh được gì"),
    ),
}
