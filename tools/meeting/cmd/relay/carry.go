package main

import (
	"encoding/json"
	"slices"
)

// Via is the attribute by which a participant says that a relay speaks for it: such a one is never
// carried on, or two relays would carry each other's for ever.
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

// toCarry gives who of a half is to be carried to the other, in a steady order.
func toCarry(here []person, carry []string) []string {
	var chosen []string
	for _, one := range here {
		if one.via == "" && slices.Contains(carry, one.identity) {
			chosen = append(chosen, one.identity)
		}
	}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}
