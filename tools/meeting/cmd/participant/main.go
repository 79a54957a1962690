// giaoban-participant takes part in a meeting without a screen or a camera: it sends stamped picture and
// sound, and tells what it saw and heard of everybody else.
//
// Its token is standard input's first line. It ends by itself and prints one JSON object. It exits with
// 0, with 1 where it could not take part, and with 2 where it was asked wrongly.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"giaoban/tools/meeting/room"
	"giaoban/tools/meeting/stamped"
)

const (
	soundRate   = 32_000 // bits per second
	keyInterval = 2 * time.Second
	frameRate   = 15
)

// What a camera sends, the lowest first: the media server passes on one of them to each viewer.
var layers = []struct {
	quality       livekit.VideoQuality
	width, height int
	rate          int // bits per second
}{
	{livekit.VideoQuality_LOW, 320, 180, 180_000},
	{livekit.VideoQuality_HIGH, 640, 360, 700_000},
}

type options struct {
	url     string
	seconds float64
	camera  bool
	sound   bool
	relayed bool
	listen  bool
}

func main() {
	var asked options
	flag.StringVar(&asked.url, "url", "", "the media server, such as wss://ms-huyen-cu-jut.example")
	flag.Float64Var(&asked.seconds, "seconds", 10, "how long to take part, 1 to 3600")
	flag.BoolVar(&asked.camera, "camera", false, "send a picture, in two layers")
	flag.BoolVar(&asked.sound, "microphone", false, "send a sound")
	flag.BoolVar(&asked.relayed, "relayed", false, "over TLS to the server's TURN, as where nothing else passes")
	flag.BoolVar(&asked.listen, "listen", true, "see and hear the others")
	flag.Parse()
	if asked.url == "" || flag.NArg() > 0 || asked.seconds < 1 || asked.seconds > 3600 {
		flag.Usage()
		os.Exit(2)
	}
	token, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && token == "" {
		fmt.Fprintln(os.Stderr, "participant: no token: write it to standard input, as one line")
		os.Exit(2)
	}
	if err := takePart(asked, strings.TrimSpace(token)); err != nil {
		fmt.Fprintf(os.Stderr, "participant: %s: %v\n", asked.url, err)
		os.Exit(1)
	}
}

// Told is what is printed in the end.
type Told struct {
	Identity  string   `json:"identity"`
	JoinedMs  float64  `json:"joined_ms"`
	Rejoined  int      `json:"rejoined"`
	Left      string   `json:"left,omitempty"` // why, where it was not by itself
	Tracks    []Seen   `json:"tracks"`
	Published []string `json:"published"`
}

type meeting struct {
	mutex    sync.Mutex
	began    time.Time
	tracks   []*track
	rejoined atomic.Int32
	left     chan string
}

func takePart(asked options, token string) error {
	room.Quiet("participant")
	here := &meeting{began: time.Now(), left: make(chan string, 1)}
	callback := lksdk.NewRoomCallback()
	callback.OnTrackSubscribed = here.watch
	callback.OnReconnected = func() { here.rejoined.Add(1) }
	callback.OnDisconnectedWithReason = func(reason lksdk.DisconnectionReason) {
		select {
		case here.left <- string(reason):
		default:
		}
	}
	connect := []lksdk.ConnectOption{
		lksdk.WithAutoSubscribe(asked.listen), lksdk.WithDisableRegionDiscovery(),
	}
	if asked.relayed {
		connect = append(connect, lksdk.WithICETransportPolicy(webrtc.ICETransportPolicyRelay))
	}
	at, err := lksdk.ConnectToRoomWithToken(asked.url, token, callback, connect...)
	if err != nil {
		return err
	}
	joined := time.Since(here.began)
	stop := make(chan struct{})
	var senders sync.WaitGroup
	published := []string{}
	if asked.camera {
		published = append(published, "camera")
		if err := sendPicture(at, stop, &senders); err != nil {
			return err
		}
	}
	if asked.sound {
		published = append(published, "microphone")
		if err := sendSound(at, stop, &senders); err != nil {
			return err
		}
	}
	why := here.wait(time.Duration(asked.seconds * float64(time.Second)))
	told := Told{
		Identity:  at.LocalParticipant.Identity(),
		JoinedMs:  milliseconds(joined),
		Rejoined:  int(here.rejoined.Load()),
		Left:      why,
		Tracks:    here.seen(),
		Published: published,
	}
	close(stop)
	senders.Wait()
	at.Disconnect()
	return json.NewEncoder(os.Stdout).Encode(told)
}

// wait gives why the meeting is left: nothing where its time is over.
func (m *meeting) wait(span time.Duration) string {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	select {
	case why := <-m.left:
		return why
	case <-asked:
	case <-time.After(span):
	}
	return ""
}

func (m *meeting) seen() []Seen {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	now := time.Now()
	told := make([]Seen, 0, len(m.tracks))
	for _, one := range m.tracks {
		told = append(told, one.seen(now))
	}
	slices.SortFunc(told, func(a, b Seen) int { return strings.Compare(a.From+a.Source, b.From+b.Source) })
	return told
}

func (m *meeting) watch(remote *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, from *lksdk.RemoteParticipant) {
	watched := &track{
		from:      from.Identity(),
		source:    strings.ToLower(publication.Source().String()),
		isPicture: remote.Kind() == webrtc.RTPCodecTypeVideo,
		began:     m.began,
	}
	m.mutex.Lock()
	m.tracks = append(m.tracks, watched)
	m.mutex.Unlock()
	go func() {
		for {
			packet, _, err := remote.ReadRTP()
			if err != nil {
				return
			}
			watched.packet(packet, time.Now())
		}
	}()
}

func sendPicture(to *lksdk.Room, stop <-chan struct{}, senders *sync.WaitGroup) error {
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90_000}
	var tracks []*lksdk.LocalTrack
	var start []func()
	for _, layer := range layers {
		var wanted atomic.Bool
		onRTCP := func(packet rtcp.Packet) {
			if room.WantsWhole(packet) {
				wanted.Store(true)
			}
		}
		size := &livekit.VideoLayer{Quality: layer.quality, Width: uint32(layer.width), Height: uint32(layer.height)}
		sent, err := lksdk.NewLocalTrack(codec, lksdk.WithSimulcast("camera", size), lksdk.WithRTCPHandler(onRTCP))
		if err != nil {
			return err
		}
		tracks = append(tracks, sent)
		camera := &stamped.Camera{Width: layer.width, Height: layer.height, FrameRate: frameRate, BitRate: layer.rate}
		start = append(start, func() {
			keyed := time.Time{}
			every(camera.Every(), stop, func(now time.Time) {
				key := now.Sub(keyed) >= keyInterval || wanted.Swap(false)
				if key {
					keyed = now
				}
				_ = sent.WriteSample(media.Sample{Data: camera.Frame(now, key), Duration: camera.Every()}, nil)
			})
		})
	}
	publication := &lksdk.TrackPublicationOptions{Name: "camera", Source: livekit.TrackSource_CAMERA}
	if _, err := to.LocalParticipant.PublishSimulcastTrack(tracks, publication); err != nil {
		return errors.Join(errors.New("its picture was not taken"), err)
	}
	for _, run := range start {
		senders.Go(run)
	}
	return nil
}

func sendSound(to *lksdk.Room, stop <-chan struct{}, senders *sync.WaitGroup) error {
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48_000, Channels: 2}
	sent, err := lksdk.NewLocalTrack(codec)
	if err != nil {
		return err
	}
	publication := &lksdk.TrackPublicationOptions{Name: "microphone", Source: livekit.TrackSource_MICROPHONE}
	if _, err := to.LocalParticipant.PublishTrack(sent, publication); err != nil {
		return errors.Join(errors.New("its sound was not taken"), err)
	}
	microphone := &stamped.Microphone{BitRate: soundRate}
	level := uint8(30) // dB below the loudest
	loudness := &lksdk.SampleWriteOptions{AudioLevel: &level}
	senders.Go(func() {
		every(microphone.Every(), stop, func(now time.Time) {
			_ = sent.WriteSample(media.Sample{Data: microphone.Frame(now), Duration: microphone.Every()}, loudness)
		})
	})
	return nil
}

// every does something at an even pace until it is told to stop.
func every(pace time.Duration, stop <-chan struct{}, do func(now time.Time)) {
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			do(time.Now())
		}
	}
}
