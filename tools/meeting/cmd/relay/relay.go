package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/livekit/protocol/auth"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

const (
	tokenValid = 10 * time.Minute // to come in with; who is in stays
	// What changed shortly after something else is done with it.
	settle = 50 * time.Millisecond
	// A stream that did not come, or went away unsaid, is looked for again.
	again = 2 * time.Second
)

var errGone = errors.New("cannot be reached any more")

// join carries until it is told to end.
func join(asked context.Context, task Task) error {
	changed := make(chan struct{}, 1)
	wake := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	gone := make(chan error, 4)
	above, err := open(task, task.Above, wake, gone)
	if err != nil {
		return err
	}
	defer above.close()
	below, err := open(task, task.Below, wake, gone)
	if err != nil {
		return err
	}
	defer below.close()
	fmt.Printf("relay: %s: joined %s and %s\n", task.Meeting, task.Above.URL, task.Below.URL)
	ways := []*way{newWay(task, above, below, true, wake), newWay(task, below, above, false, wake)}
	defer func() {
		for _, one := range ways {
			one.close()
		}
	}()
	for {
		carry := carried(above.high.Metadata())
		for _, one := range ways {
			one.match(carry)
		}
		select {
		case <-asked.Done():
			return nil
		case err := <-gone:
			return err
		case <-changed:
			time.Sleep(settle)
		case <-time.After(again):
		}
	}
}

// half is a media server's half of the meeting, listened to twice: a participant gets one layer of a
// picture, and both are carried.
type half struct {
	task Half
	high *lksdk.Room
	low  *lksdk.Room
	ears *ears
}

func open(task Task, where Half, wake func(), gone chan<- error) (*half, error) {
	opened := &half{task: where, ears: newEars()}
	for _, room := range []struct {
		into  **lksdk.Room
		layer string
	}{{&opened.high, "high"}, {&opened.low, "low"}} {
		identity := fmt.Sprintf("relay-%s-%s", task.Name, room.layer)
		callback := lksdk.NewRoomCallback()
		opened.ears.listen(callback, room.layer, wake)
		callback.OnDisconnectedWithReason = func(reason lksdk.DisconnectionReason) {
			select {
			case gone <- fmt.Errorf("%s %w: %s", where.URL, errGone, reason):
			default:
			}
		}
		// Streams that began before do not go on by themselves: all begins anew.
		callback.OnReconnecting = func() { callback.OnDisconnectedWithReason("reconnecting") }
		grant := &auth.VideoGrant{RoomJoin: true, Room: task.Meeting, Hidden: true}
		grant.SetCanPublish(false)
		grant.SetCanSubscribe(true)
		token, err := auth.NewAccessToken(where.Key, where.Secret).
			SetIdentity(identity).SetVideoGrant(grant).SetValidFor(tokenValid).ToJWT()
		if err == nil {
			*room.into, err = lksdk.ConnectToRoomWithToken(where.URL, token, callback,
				lksdk.WithAutoSubscribe(false), lksdk.WithDisableRegionDiscovery())
		}
		if err != nil {
			opened.close()
			return nil, fmt.Errorf("%s: %w", where.URL, err)
		}
	}
	return opened, nil
}

// room gives the connection by which a layer comes.
func (h *half) room(layer string) *lksdk.Room {
	if layer == "low" {
		return h.low
	}
	return h.high
}

func (h *half) close() {
	for _, room := range []*lksdk.Room{h.high, h.low} {
		if room != nil {
			room.Disconnect()
		}
	}
}

// people gives who is there.
func (h *half) people() []person {
	var found []person
	for _, one := range h.high.GetRemoteParticipants() {
		found = append(found, person{one.Identity(), one.Attributes()[Via]})
	}
	return found
}

// way carries from one half to the other.
type way struct {
	task    Task
	from    *half
	to      *half
	wake    func()
	down    bool
	proxies map[string]*proxy
}

func newWay(task Task, from, to *half, down bool, wake func()) *way {
	return &way{task: task, from: from, to: to, down: down, wake: wake, proxies: map[string]*proxy{}}
}

// match has exactly those carried who are there and are to be.
func (w *way) match(carry []string) {
	chosen := toCarry(w.from.people(), w.to.people(), carry, w.task.Name, w.down)
	for _, identity := range slices.Collect(maps.Keys(w.proxies)) {
		if !slices.Contains(chosen, identity) || w.proxies[identity].isGone() {
			w.proxies[identity].close()
			delete(w.proxies, identity)
		}
	}
	for _, identity := range chosen {
		source := w.from.high.GetParticipantByIdentity(identity)
		if source == nil {
			continue
		}
		if w.proxies[identity] == nil {
			made, err := newProxy(w, source)
			if err != nil {
				fmt.Printf("relay: %s at %s: %v\n", identity, w.to.task.URL, err)
				continue
			}
			w.proxies[identity] = made
		}
		w.proxies[identity].match(source)
	}
}

func (w *way) close() {
	for _, one := range w.proxies {
		one.close()
	}
}
