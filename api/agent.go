package api

import "strings"

// agentOf names the kind of program that a User-Agent speaks of, "Firefox, Windows":
// enough for people to know their sessions by, and nothing that came from outside as
// it came.
func agentOf(header string) string {
	first := func(marks ...[2]string) string {
		for _, m := range marks {
			if strings.Contains(header, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	// Every browser claims to be the ones before it, so the order counts.
	program := first([2]string{"MicroMessenger", "WeChat"}, [2]string{"DingTalk", "DingTalk"}, [2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"},
		[2]string{"Firefox", "Firefox"}, [2]string{"Chrome", "Chrome"}, [2]string{"Safari", "Safari"}, [2]string{"curl", "curl"},
		[2]string{"Go-http-client", "Go"}, [2]string{"python", "Python"})
	system := first([2]string{"Windows", "Windows"}, [2]string{"HarmonyOS", "HarmonyOS"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iOS"},
		[2]string{"iPad", "iPadOS"}, [2]string{"Mac OS X", "macOS"}, [2]string{"Linux", "Linux"})
	switch {
	case program == "":
		return system
	case system == "":
		return program
	}
	return program + ", " + system
}
