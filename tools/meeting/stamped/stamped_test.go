package stamped

import (
	"errors"
	"testing"
	"time"
)

func TestAFrameSaysWhenItWasSent(t *testing.T) {
	camera := Camera{Width: 640, Height: 360, FrameRate: 15, BitRate: 700_000}
	microphone := Microphone{BitRate: 32_000}
	now := time.Unix(1_700_000_000, 123_456_789)
	for number := range uint32(3) {
		for _, frame := range [][]byte{camera.Frame(now, number == 0)} {
			found, sent, err := SentPicture(frame)
			if err != nil || found != number || !sent.Equal(now) {
				t.Fatalf("picture %d: %d, %v, %v", number, found, sent, err)
			}
			if len(frame) != 700_000/8/15 {
				t.Fatalf("a picture of %d bytes", len(frame))
			}
		}
		found, sent, err := SentSound(microphone.Frame(now))
		if err != nil || found != number || !sent.Equal(now) {
			t.Fatalf("sound %d: %d, %v, %v", number, found, sent, err)
		}
	}
}

func TestWhatNobodyStampedIsSaid(t *testing.T) {
	for _, frame := range [][]byte{nil, {0}, make([]byte, 10), make([]byte, 100)} {
		if _, _, err := SentPicture(frame); !errors.Is(err, ErrNoStamp) {
			t.Errorf("%d bytes: %v", len(frame), err)
		}
		if _, _, err := SentSound(frame); !errors.Is(err, ErrNoStamp) {
			t.Errorf("%d bytes: %v", len(frame), err)
		}
	}
}
