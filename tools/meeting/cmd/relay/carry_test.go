package main

import (
	"slices"
	"testing"
)

func TestWhoIsNamedIsCarriedAndNoRelayedOne(t *testing.T) {
	here := []person{{"xa-b", ""}, {"xa-a", ""}, {"chu-toa", "huyen-cu-jut"}, {"relay-huyen-cu-jut", ""}}
	carry := carried(`{"carry": ["chu-toa", "xa-a", "xa-khac"], "more": 1}`)
	if found := toCarry(here, carry); !slices.Equal(found, []string{"xa-a"}) {
		t.Fatalf("carried %v", found)
	}
}

func TestMetadataOfAnotherFormCarriesNobody(t *testing.T) {
	for _, metadata := range []string{"", "x", "[]", `{"carry": "xa-a"}`, `{"carry": [1]}`, "null"} {
		if found := carried(metadata); len(found) > 0 {
			t.Errorf("%s: %v", metadata, found)
		}
	}
}
