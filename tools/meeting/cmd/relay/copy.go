package main

import (
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"giaoban/tools/meeting/room"
)

// Viewers who need a whole picture ask for it at once; its sender is asked this often at most.
const wholePictures = 200 * time.Millisecond

// streamCopy is one source of a participant, published again as it comes.
type streamCopy struct {
	publication *lksdk.LocalTrackPublication
	tracks      []*lksdk.LocalTrack
	wake        func()
	ended       atomic.Bool
}

var errLeft = errors.New("left meanwhile")

func (p *proxy) copyStreams(
	source *lksdk.RemoteParticipant, info *livekit.TrackInfo, layers []layer, streams []*webrtc.TrackRemote,
) (*streamCopy, error) {
	copied := &streamCopy{wake: p.wake}
	for position, remote := range streams {
		asked := p.from.room(layers[position].room).GetParticipantByIdentity(source.Identity())
		if asked == nil {
			return nil, errLeft
		}
		options := []lksdk.LocalTrackOptions{lksdk.WithRTCPHandler(asker(asked, remote))}
		if len(streams) > 1 {
			options = append(options, lksdk.WithSimulcast("relayed-"+info.Sid, layers[position].video))
		}
		track, err := lksdk.NewLocalTrack(remote.Codec().RTPCodecCapability, options...)
		if err != nil {
			return nil, err
		}
		copied.tracks = append(copied.tracks, track)
	}
	options := &lksdk.TrackPublicationOptions{
		Name: info.Name, Source: info.Source, VideoWidth: int(info.Width), VideoHeight: int(info.Height),
		Stream: info.Stream,
	}
	var err error
	if len(copied.tracks) > 1 {
		copied.publication, err = p.room.LocalParticipant.PublishSimulcastTrack(copied.tracks, options)
	} else {
		copied.publication, err = p.room.LocalParticipant.PublishTrack(copied.tracks[0], options)
	}
	if err != nil {
		return nil, err
	}
	for position, remote := range streams {
		go copied.pump(source, remote, copied.tracks[position])
	}
	return copied, nil
}

// pump passes packets on as they are, but for what is agreed between two ends only.
func (c *streamCopy) pump(source *lksdk.RemoteParticipant, remote *webrtc.TrackRemote, local *lksdk.LocalTrack) {
	// One that ends by itself is made anew, should its source still be there.
	defer func() {
		c.ended.Store(true)
		c.wake()
	}()
	isSound := remote.Kind() == webrtc.RTPCodecTypeAudio
	for !c.ended.Load() {
		packet, _, err := remote.ReadRTP()
		if err != nil {
			return
		}
		packet.Extension, packet.Extensions = false, nil
		var options *lksdk.SampleWriteOptions
		if isSound {
			level := loudness(source.AudioLevel())
			options = &lksdk.SampleWriteOptions{AudioLevel: &level}
		}
		if local.WriteRTP(packet, options) != nil {
			return
		}
	}
}

// loudness gives a level between 0 (silence) and 1 as RTP says it: dB below the loudest, 127 for silence
// (RFC 6464).
func loudness(level float32) uint8 {
	if level <= 0 {
		return 127
	}
	below := -20 * math.Log10(float64(level))
	return uint8(min(max(math.Round(below), 0), 127))
}

// asker gives what passes viewers' wish for a whole picture on to who sends it.
func asker(source *lksdk.RemoteParticipant, remote *webrtc.TrackRemote) func(rtcp.Packet) {
	var last atomic.Int64
	return func(packet rtcp.Packet) {
		if !room.WantsWhole(packet) {
			return
		}
		now, before := time.Now().UnixNano(), last.Load()
		if now-before >= int64(wholePictures) && last.CompareAndSwap(before, now) {
			source.WritePLI(remote.SSRC())
		}
	}
}

func (c *streamCopy) mute(muted bool) {
	c.publication.SetMuted(muted)
}

func (c *streamCopy) stop() {
	c.ended.Store(true)
}

// close takes the source back. After a media server began anew it has another number there.
func (c *streamCopy) close(at *lksdk.Room) {
	c.stop()
	for _, one := range at.LocalParticipant.TrackPublications() {
		publication, ok := one.(*lksdk.LocalTrackPublication)
		if ok && c.is(publication) {
			_ = at.LocalParticipant.UnpublishTrack(publication.SID())
		}
	}
}

func (c *streamCopy) is(publication *lksdk.LocalTrackPublication) bool {
	theirs := publication.TrackLocalForSimulcast()
	if single, ok := publication.TrackLocal().(*lksdk.LocalTrack); ok {
		theirs = append(theirs, single)
	}
	return slices.ContainsFunc(theirs, func(one *lksdk.LocalTrack) bool { return slices.Contains(c.tracks, one) })
}
