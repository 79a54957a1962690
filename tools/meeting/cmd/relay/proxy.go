package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

// ears are the streams that came from a half, by layer and publication.
type ears struct {
	mutex   sync.Mutex
	streams map[stream]*webrtc.TrackRemote
}

type stream struct {
	layer string
	sid   string
}

func newEars() *ears {
	return &ears{streams: map[stream]*webrtc.TrackRemote{}}
}

func (e *ears) listen(callback *lksdk.RoomCallback, layer string, wake func()) {
	callback.OnTrackSubscribed = func(track *webrtc.TrackRemote, from *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
		e.set(stream{layer, from.SID()}, track)
		wake()
	}
	callback.OnTrackUnsubscribed = func(_ *webrtc.TrackRemote, from *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
		e.set(stream{layer, from.SID()}, nil)
		wake()
	}
	callback.OnParticipantConnected = func(*lksdk.RemoteParticipant) { wake() }
	callback.OnParticipantDisconnected = func(*lksdk.RemoteParticipant) { wake() }
	callback.OnRoomMetadataChanged = func(string) { wake() }
	callback.OnTrackPublished = func(*lksdk.RemoteTrackPublication, *lksdk.RemoteParticipant) { wake() }
	callback.OnTrackUnpublished = func(*lksdk.RemoteTrackPublication, *lksdk.RemoteParticipant) { wake() }
	callback.OnTrackMuted = func(lksdk.TrackPublication, lksdk.Participant) { wake() }
	callback.OnTrackUnmuted = func(lksdk.TrackPublication, lksdk.Participant) { wake() }
	callback.OnAttributesChanged = func(map[string]string, lksdk.Participant) { wake() }
}

func (e *ears) set(which stream, track *webrtc.TrackRemote) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if track == nil {
		delete(e.streams, which)
	} else {
		e.streams[which] = track
	}
}

func (e *ears) get(which stream) *webrtc.TrackRemote {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.streams[which]
}

// proxy stands at one half for a participant of the other.
type proxy struct {
	identity string
	from     *half
	room     *lksdk.Room
	wake     func()
	gone     atomic.Bool
	copies   map[string]*streamCopy // by the publication they are of
}

func newProxy(w *way, source *lksdk.RemoteParticipant) (*proxy, error) {
	made := &proxy{identity: source.Identity(), from: w.from, wake: w.wake, copies: map[string]*streamCopy{}}
	callback := lksdk.NewRoomCallback()
	leave := func() {
		made.gone.Store(true)
		w.wake()
	}
	callback.OnDisconnected, callback.OnReconnecting = leave, leave
	grant := &auth.VideoGrant{RoomJoin: true, Room: w.task.Meeting}
	grant.SetCanPublish(true)
	grant.SetCanSubscribe(false)
	attributes := maps.Clone(source.Attributes())
	if attributes == nil {
		attributes = map[string]string{}
	}
	attributes[Via] = w.task.Name
	token, err := auth.NewAccessToken(w.to.task.Key, w.to.task.Secret).
		SetIdentity(source.Identity()).SetName(source.Name()).SetMetadata(source.Metadata()).
		SetAttributes(attributes).SetVideoGrant(grant).SetValidFor(tokenValid).ToJWT()
	if err != nil {
		return nil, err
	}
	made.room = lksdk.NewRoom(callback)
	err = made.room.JoinWithToken(w.to.task.URL, token, lksdk.WithAutoSubscribe(false), lksdk.WithDisableRegionDiscovery())
	if err != nil {
		made.room.Disconnect()
		return nil, err
	}
	return made, nil
}

func (p *proxy) isGone() bool {
	return p.gone.Load()
}

// match has exactly those of a participant's sources copied that there are, muted where they are.
func (p *proxy) match(source *lksdk.RemoteParticipant) {
	there := map[string]*lksdk.RemoteTrackPublication{}
	for _, one := range source.TrackPublications() {
		if publication, ok := one.(*lksdk.RemoteTrackPublication); ok {
			there[publication.SID()] = publication
		}
	}
	for sid, copied := range p.copies {
		if there[sid] == nil || copied.ended.Load() {
			copied.close(p.room)
			p.unask(source.Identity(), sid)
			delete(p.copies, sid)
		}
	}
	for _, sid := range slices.Sorted(maps.Keys(there)) {
		copied := p.copies[sid]
		if copied == nil {
			if copied = p.begin(source, there[sid]); copied == nil {
				continue
			}
			p.copies[sid] = copied
		}
		copied.mute(there[sid].IsMuted())
	}
}

// begin asks for a source's streams, and copies them once they are there.
func (p *proxy) begin(source *lksdk.RemoteParticipant, publication *lksdk.RemoteTrackPublication) *streamCopy {
	info := publication.TrackInfo()
	if info == nil {
		return nil
	}
	layers := layersOf(info)
	var streams []*webrtc.TrackRemote
	for _, layer := range layers {
		found := p.from.ears.get(stream{layer.room, publication.SID()})
		if found == nil {
			p.ask(source.Identity(), publication.SID(), layer)
		}
		streams = append(streams, found)
	}
	if slices.Contains(streams, nil) {
		return nil // it is asked for; whoever hears that it came looks again
	}
	copied, err := p.copyStreams(source, info, layers, streams)
	if err != nil {
		fmt.Printf("relay: %s of %s: %v\n", publication.Source(), source.Identity(), err)
		p.gone.Store(true) // what was half published goes with it
		return nil
	}
	return copied
}

func (p *proxy) ask(identity, sid string, layer layer) {
	publication := find(p.from.room(layer.room), identity, sid)
	if publication == nil {
		return
	}
	_ = publication.SetSubscribed(true)
	if layer.video != nil {
		_ = publication.SetVideoQuality(layer.video.Quality)
	}
}

// unask has a source's streams come no more: they would load the circuit for nobody.
func (p *proxy) unask(identity, sid string) {
	for _, layer := range []string{"high", "low"} {
		p.from.ears.set(stream{layer, sid}, nil)
		if publication := find(p.from.room(layer), identity, sid); publication != nil {
			_ = publication.SetSubscribed(false)
		}
	}
}

// find gives a participant's publication as a room knows it.
func find(room *lksdk.Room, identity, sid string) *lksdk.RemoteTrackPublication {
	participant := room.GetParticipantByIdentity(identity)
	if participant == nil {
		return nil
	}
	for _, one := range participant.TrackPublications() {
		if publication, ok := one.(*lksdk.RemoteTrackPublication); ok && publication.SID() == sid {
			return publication
		}
	}
	return nil
}

// layer is one of a source's streams: by which room it comes, and of a picture its size.
type layer struct {
	room  string
	video *livekit.VideoLayer
}

// layersOf gives the lowest and the highest layer of a picture that has several, else its only one.
func layersOf(info *livekit.TrackInfo) []layer {
	if info.Type != livekit.TrackType_VIDEO {
		return []layer{{room: "high"}}
	}
	sorted := slices.SortedFunc(slices.Values(info.Layers), func(a, b *livekit.VideoLayer) int {
		return int(a.Width) - int(b.Width)
	})
	if len(sorted) == 0 {
		sorted = []*livekit.VideoLayer{{Width: info.Width, Height: info.Height}}
	}
	lowest, highest := sorted[0], sorted[len(sorted)-1]
	high := layer{"high", sized(livekit.VideoQuality_HIGH, highest)}
	if len(sorted) == 1 {
		return []layer{high}
	}
	return []layer{{"low", sized(livekit.VideoQuality_LOW, lowest)}, high}
}

func sized(quality livekit.VideoQuality, of *livekit.VideoLayer) *livekit.VideoLayer {
	return &livekit.VideoLayer{Quality: quality, Width: of.Width, Height: of.Height, Bitrate: of.Bitrate}
}

func (p *proxy) close() {
	for sid, copied := range p.copies {
		copied.stop()
		p.unask(p.identity, sid)
	}
	p.room.Disconnect()
}
