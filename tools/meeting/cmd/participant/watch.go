package main

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"giaoban/tools/meeting/stamped"
)

// A picture that stands is one that stands three times as long as usual, and 150 ms at least: what
// browsers count as a freeze (W3C, webrtc-stats, freezeCount).
const (
	freezeFactor = 3
	freezeLeast  = 150 * time.Millisecond
)

// track is what is seen or heard of one source of one participant.
type track struct {
	mutex     sync.Mutex
	from      string
	source    string
	isPicture bool
	began     time.Time // when this participant joined

	first     time.Time
	last      time.Time
	packets   int
	bytes     int
	lost      int
	frames    int
	stamped   int
	freezes   int
	width     int
	height    int
	delays    []float64 // milliseconds
	sequence  uint16
	timestamp uint32
	usual     time.Duration
}

// packet takes one packet as it arrives.
func (t *track) packet(packet *rtp.Packet, now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(packet.Payload) == 0 {
		return // what a server sends to keep a muted source's numbers going
	}
	isNew := t.packets == 0 || packet.Timestamp != t.timestamp
	if t.packets > 0 {
		step := packet.SequenceNumber - t.sequence
		switch {
		case step == 0 || step > math.MaxUint16/2: // again, or late: it was counted as lost
			if step != 0 && t.lost > 0 {
				t.lost--
			}
			return
		default:
			t.lost += int(step) - 1
		}
	}
	t.sequence, t.timestamp = packet.SequenceNumber, packet.Timestamp
	t.packets++
	t.bytes += packet.MarshalSize()
	if isNew {
		t.frame(packet.Payload, now)
	}
}

// frame takes the first packet of a frame.
func (t *track) frame(payload []byte, now time.Time) {
	if t.first.IsZero() {
		t.first = now
	} else {
		t.stands(now.Sub(t.last))
	}
	t.last = now
	t.frames++
	content := payload
	read := stamped.SentSound
	if t.isPicture {
		var vp8 codecs.VP8Packet
		unpacked, err := vp8.Unmarshal(payload)
		if err != nil || vp8.S != 1 {
			return
		}
		content, read = unpacked, stamped.SentPicture
		t.size(content)
	}
	if _, sent, err := read(content); err == nil {
		t.stamped++
		t.delays = append(t.delays, float64(now.Sub(sent).Microseconds())/1000)
	}
}

func (t *track) stands(since time.Duration) {
	if !t.isPicture {
		return
	}
	if t.usual == 0 {
		t.usual = since
	}
	if since > max(freezeFactor*t.usual, t.usual+freezeLeast) {
		t.freezes++
		return
	}
	t.usual += (since - t.usual) / 8
}

// size notes the largest: a server ends a picture with black ones of 8 x 8.
func (t *track) size(frame []byte) {
	if len(frame) < 10 || frame[0]&1 == 1 {
		return
	}
	width := (int(frame[6]) | int(frame[7])<<8) & 0x3fff
	height := (int(frame[8]) | int(frame[9])<<8) & 0x3fff
	t.width, t.height = max(t.width, width), max(t.height, height)
}

// Seen is what is told of a source; times in milliseconds, no delay where nothing was stamped.
type Seen struct {
	From      string             `json:"from"`
	Source    string             `json:"source"`
	Frames    int                `json:"frames"`
	Packets   int                `json:"packets"`
	Bytes     int                `json:"bytes"`
	Lost      int                `json:"lost"`
	Freezes   int                `json:"freezes"`
	Width     int                `json:"width,omitempty"`
	Height    int                `json:"height,omitempty"`
	FirstMs   float64            `json:"first_ms"`
	LastAgoMs float64            `json:"last_ago_ms"`
	DelayMs   map[string]float64 `json:"delay_ms,omitempty"`
	StampedOf int                `json:"stamped"`
	FrameRate float64            `json:"frame_rate"`
}

func (t *track) seen(now time.Time) Seen {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	told := Seen{
		From: t.from, Source: t.source, Frames: t.frames, Packets: t.packets, Bytes: t.bytes,
		Lost: t.lost, Freezes: t.freezes, Width: t.width, Height: t.height, StampedOf: t.stamped,
	}
	if t.frames == 0 {
		return told
	}
	told.FirstMs = milliseconds(t.first.Sub(t.began))
	told.LastAgoMs = milliseconds(now.Sub(t.last))
	if span := t.last.Sub(t.first).Seconds(); span > 0 {
		told.FrameRate = math.Round(float64(t.frames-1)/span*10) / 10
	}
	if len(t.delays) > 0 {
		slices.Sort(t.delays)
		told.DelayMs = map[string]float64{
			"p50": quantile(t.delays, 0.50), "p95": quantile(t.delays, 0.95), "max": t.delays[len(t.delays)-1],
		}
	}
	return told
}

// quantile gives the nearest rank of sorted values.
func quantile(sorted []float64, part float64) float64 {
	return sorted[int(math.Ceil(part*float64(len(sorted))))-1]
}

func milliseconds(span time.Duration) float64 {
	return float64(span.Microseconds()) / 1000
}
