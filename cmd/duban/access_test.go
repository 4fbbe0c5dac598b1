package main

import (
	"strings"
	"testing"
)

// Who may do what is printed without a database, and without making one.
func TestAccessIsPrinted(t *testing.T) {
	environ := []string{"DUBAN_DATA_DIR=" + t.TempDir() + "/never", "DUBAN_LANG=en"}
	table, said, code := duban(t, environ, "access", "--csv")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, said)
	}
	for _, line := range []string{
		"method,path,operation,audience,permissions,object,changes,District reporter,Municipal reviewer,Supervisor,Auditor,System administrator,Security administrator\n",
		"POST,/api/v1/tasks/{id}/approve,Approve,permitted,task.approve,task,yes,-,all,-,-,-,-\n",
		"GET,/api/v1/tasks/{id},One task,permitted,task.read,task,,own,all,all,all,-,-\n",
		"GET,/healthz,Is the process alive,anybody,,,,all,all,all,all,all,all\n",
	} {
		if !strings.Contains(table, line) {
			t.Errorf("the table lacks %s in\n%s", line, table)
		}
	}
	if text, _, _ := duban(t, environ, "access"); strings.Count(text, "\n") != strings.Count(table, "\n") {
		t.Errorf("the text has other lines than the CSV:\n%s", text)
	}
}
