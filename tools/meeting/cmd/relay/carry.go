package main

import (
	"encoding/json"
	"slices"
)

// Via is the attribute by which a participant says which relay speaks for it. Upwards nobody is carried
// whom a relay brought; downwards everybody but one's own, so what one district sends reaches the others.
const Via = "giaoban.via"

// wanted is what the room's metadata says.
type wanted struct {
	Carry []string `json:"carry"`
}

// carried reads whom to carry; nobody of metadata that is not the agreed form.
func carried(metadata string) []string {
	var said wanted
	if json.Unmarshal([]byte(metadata), &said) != nil {
		return nil
	}
	return said.Carry
}

// person is what decides whether a participant of a half is carried.
type person struct {
	identity string
	via      string
}

// toCarry gives who of a half is to be carried to the other by relay `name`, in a steady order. Nobody
// takes the place of one who is at the other half himself, whoever bears his name.
func toCarry(here, there []person, carry []string, name string, down bool) []string {
	var chosen []string
	for _, one := range here {
		brought := one.via != "" && (!down || one.via == name)
		taken := slices.ContainsFunc(there, func(other person) bool {
			return other.identity == one.identity && other.via != name
		})
		if !brought && !taken && slices.Contains(carry, one.identity) {
			chosen = append(chosen, one.identity)
		}
	}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}
