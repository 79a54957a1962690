// Package room is what all programs of ours have in common that take part in meetings.
package room

import (
	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtcp"
)

// Quiet has the media server's client tell of errors only.
func Quiet(program string) {
	logger.InitFromConfig(&logger.Config{Level: "error"}, program)
	lksdk.SetLogger(logger.GetLogger())
}

// WantsWhole tells whether somebody asks for a picture that can be shown by itself.
func WantsWhole(packet rtcp.Packet) bool {
	switch packet.(type) {
	case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
		return true
	}
	return false
}
