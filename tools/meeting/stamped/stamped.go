// Package stamped makes pictures and sounds that need no decoder to be judged: each frame carries when
// it was sent. A media server reads the codec's first bytes and passes on the rest.
package stamped

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	magic     = 0x67696162 // "giab"
	stampSize = 16
	keyHeader = 10   // of a VP8 frame that can be shown by itself: tag, start code, width, height
	tagSize   = 3    // of any other VP8 frame
	opusTOC   = 0xfc // CELT, full band, 20 ms, stereo, one frame
)

// ErrNoStamp is what Sent gives of a frame that nobody stamped, such as one of a real camera.
var ErrNoStamp = errors.New("no stamp")

// Camera makes VP8 frames of a size and a rate, filled with noise, which nothing on the way makes smaller.
type Camera struct {
	Width, Height int
	FrameRate     int
	BitRate       int // bits per second
	number        uint32
}

// Every gives how long a frame is shown.
func (c *Camera) Every() time.Duration {
	return time.Second / time.Duration(c.FrameRate)
}

// Frame gives the next frame, sent at `now`; `key` makes one that can be shown by itself.
func (c *Camera) Frame(now time.Time, key bool) []byte {
	size := max(c.BitRate/8/c.FrameRate, keyHeader+stampSize)
	frame := make([]byte, size)
	header := tagSize
	tag := uint32(1<<4) | uint32(size-tagSize)<<5 // shown; the first partition is all of it
	if key {
		header = keyHeader
		frame[3], frame[4], frame[5] = 0x9d, 0x01, 0x2a
		binary.LittleEndian.PutUint16(frame[6:], uint16(c.Width))
		binary.LittleEndian.PutUint16(frame[8:], uint16(c.Height))
	} else {
		tag |= 1
	}
	frame[0], frame[1], frame[2] = byte(tag), byte(tag>>8), byte(tag>>16)
	fill(frame[header+stampSize:])
	stamp(frame[header:], c.number, now)
	c.number++
	return frame
}

// Microphone makes Opus frames of 20 ms.
type Microphone struct {
	BitRate int // bits per second
	number  uint32
}

// Every gives how long a frame sounds.
func (m *Microphone) Every() time.Duration {
	return 20 * time.Millisecond
}

// Frame gives the next frame, sent at `now`.
func (m *Microphone) Frame(now time.Time) []byte {
	frame := make([]byte, max(m.BitRate/8/50, 1+stampSize))
	frame[0] = opusTOC
	fill(frame[1+stampSize:])
	stamp(frame[1:], m.number, now)
	m.number++
	return frame
}

// SentPicture reads the stamp of a VP8 frame: its number, and when it was sent.
func SentPicture(frame []byte) (uint32, time.Time, error) {
	if len(frame) < tagSize {
		return 0, time.Time{}, ErrNoStamp
	}
	if frame[0]&1 == 0 {
		return sent(frame, keyHeader)
	}
	return sent(frame, tagSize)
}

// SentSound reads the stamp of an Opus frame.
func SentSound(frame []byte) (uint32, time.Time, error) {
	return sent(frame, 1)
}

func stamp(into []byte, number uint32, now time.Time) {
	binary.BigEndian.PutUint32(into, magic)
	binary.BigEndian.PutUint32(into[4:], number)
	binary.BigEndian.PutUint64(into[8:], uint64(now.UnixNano()))
}

func sent(frame []byte, at int) (uint32, time.Time, error) {
	if len(frame) < at+stampSize || binary.BigEndian.Uint32(frame[at:]) != magic {
		return 0, time.Time{}, ErrNoStamp
	}
	number := binary.BigEndian.Uint32(frame[at+4:])
	return number, time.Unix(0, int64(binary.BigEndian.Uint64(frame[at+8:]))), nil
}

func fill(noise []byte) {
	for len(noise) >= 8 {
		binary.LittleEndian.PutUint64(noise, rand.Uint64())
		noise = noise[8:]
	}
}
