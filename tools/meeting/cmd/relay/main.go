// giaoban-relay joins the two halves of a meeting: the one on the province's media server and the one on
// a district's. Who is to be seen everywhere is carried over, once each way and without decoding, so a
// circuit's load does not depend on how many watch behind it.
//
// Who that is, the room's metadata at the province says: {"carry": ["<identity>", …]}. The relay decides
// nothing. Its one argument is a file that says where the two halves are:
//
//	{"meeting": "…", "name": "huyen-cu-jut",
//	 "above": {"url": "wss://…", "key": "…", "secret": "…"},
//	 "below": {"url": "wss://…", "key": "…", "secret": "…"}}
//
// It runs until it is told to end, or one half cannot be reached any more, which exits with 1: whoever
// started it starts it again.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"giaoban/tools/meeting/room"
)

// Half is a media server with one half of the meeting.
type Half struct {
	URL    string `json:"url"`
	Key    string `json:"key"`
	Secret string `json:"secret"`
}

// Task is what a relay is asked to join.
type Task struct {
	Meeting string `json:"meeting"`
	Name    string `json:"name"`
	Above   Half   `json:"above"`
	Below   Half   `json:"below"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: giaoban-relay FILE")
		os.Exit(2)
	}
	task, err := read(os.Args[1])
	if err != nil {
		fmt.Fprintf(os.Stderr, "relay: %s: %v\n", os.Args[1], err)
		os.Exit(2)
	}
	room.Quiet("relay")
	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := join(asked, task); err != nil {
		fmt.Fprintf(os.Stderr, "relay: %s, %s: %v\n", task.Meeting, task.Name, err)
		os.Exit(1)
	}
}

func read(file string) (Task, error) {
	var task Task
	content, err := os.ReadFile(file)
	if err != nil {
		return task, err
	}
	if err := json.Unmarshal(content, &task); err != nil {
		return task, err
	}
	for _, half := range []Half{task.Above, task.Below} {
		if task.Meeting == "" || task.Name == "" || half.URL == "" || half.Key == "" || half.Secret == "" {
			return task, errors.New("expected meeting, name, and url, key and secret of above and below")
		}
	}
	return task, nil
}
