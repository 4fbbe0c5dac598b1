package filestore_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"duban/workflow/filestore"
)

// server starts an S3 server with a bucket.
func server(t *testing.T) filestore.Bucket {
	t.Helper()
	b := filestore.Bucket{Name: "evidence", AccessKey: "duban", SecretKey: "duban-duban"}
	if program := os.Getenv("DUBAN_S3_SERVER"); program != "" {
		b.Endpoint = started(t, program, b)
	} else {
		s := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
		t.Cleanup(s.Close)
		b.Endpoint = s.URL
	}
	client, err := minio.New(b.Endpoint[len("http://"):], &minio.Options{Creds: credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""), Region: "us-east-1"})
	must(t, err)
	must(t, client.MakeBucket(t.Context(), b.Name, minio.MakeBucketOptions{}))
	return b
}

// started runs the Versity S3 gateway on a folder of the test's own.
func started(t *testing.T, program string, b filestore.Bucket) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	must(t, listener.Close())
	cmd := exec.Command(program, "--port", address, "--access", b.AccessKey, "--secret", b.SecretKey, "posix", t.TempDir())
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get("http://" + address); err == nil {
			_ = answer.Body.Close()
			return "http://" + address
		}
	}
	t.Fatal(fmt.Sprint("the S3 server does not answer at ", address))
	return ""
}
