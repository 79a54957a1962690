package main

import (
	"slices"
	"testing"
)

const here = "huyen-cu-jut"

func TestWhoIsCarried(t *testing.T) {
	carry := carried(`{"carry": ["chu-toa", "xa-a", "xa-khac"], "more": 1}`)
	for what, one := range map[string]struct {
		from, to []person
		down     bool
		chosen   []string
	}{
		"who is named, and nobody else":       {[]person{{"xa-b", ""}, {"xa-a", ""}}, nil, false, []string{"xa-a"}},
		"up, nobody whom a relay brought":     {[]person{{"xa-a", here}, {"chu-toa", "huyen-dak-mil"}}, nil, false, nil},
		"down, who comes of another district": {[]person{{"xa-khac", "huyen-dak-mil"}}, nil, true, []string{"xa-khac"}},
		"down, not one's own":                 {[]person{{"xa-a", here}}, nil, true, nil},
		"not over one who is there himself":   {[]person{{"chu-toa", ""}}, []person{{"chu-toa", ""}}, false, nil},
		"nor over another relay's":            {[]person{{"chu-toa", ""}}, []person{{"chu-toa", "huyen-dak-mil"}}, false, nil},
		"on, who is carried already":          {[]person{{"chu-toa", ""}}, []person{{"chu-toa", here}}, true, []string{"chu-toa"}},
	} {
		if found := toCarry(one.from, one.to, carry, here, one.down); !slices.Equal(found, one.chosen) {
			t.Errorf("%s: carried %v", what, found)
		}
	}
}

func TestMetadataOfAnotherFormCarriesNobody(t *testing.T) {
	for _, metadata := range []string{"", "x", "[]", `{"carry": "xa-a"}`, `{"carry": [1]}`, "null"} {
		if found := carried(metadata); len(found) > 0 {
			t.Errorf("%s: %v", metadata, found)
		}
	}
}
