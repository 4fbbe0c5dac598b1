package configs

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
)

// Evidence says where evidence files are kept, and how many.
type Evidence struct {
	Dir       string `koanf:"dir"`         // folder; empty: evidence in DataDir. With S3: of what is on its way
	S3        S3     `koanf:"s3"`          // used when its bucket is set
	ClamAV    string `koanf:"clamav"`      // unix:PATH or tcp:HOST:PORT of a clamd; empty: files are not scanned
	Parallel  int    `koanf:"parallel"`    // uploads at once; 0: 16
	PerReport int    `koanf:"max_files"`   // files of a report; 0: 20
	PerTask   int    `koanf:"max_task_mb"` // MiB of a task's files; 0: 1024
	KeepDays  int    `koanf:"keep_days"`   // of a file that no report names; 0: 7
}

// S3 is a bucket of an S3 service.
type S3 struct {
	Endpoint  string `koanf:"endpoint"` // URL
	Bucket    string `koanf:"bucket"`
	Region    string `koanf:"region"`
	AccessKey string `koanf:"access_key"`
	SecretKey string `koanf:"secret_key"`
}

// evidenceKeys are the keys of Evidence.
var evidenceKeys = []string{
	"evidence.dir", "evidence.s3.endpoint", "evidence.s3.bucket", "evidence.s3.region", "evidence.s3.access_key", "evidence.s3.secret_key",
	"evidence.clamav", "evidence.parallel", "evidence.max_files", "evidence.max_task_mb", "evidence.keep_days",
}

var scannerForm = regexp.MustCompile(`^(unix:/.+|tcp:.+:[0-9]+)$`)

func (e Evidence) check() error {
	var errs []error
	if u, err := url.Parse(e.S3.Endpoint); e.S3.Bucket != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/") {
		errs = append(errs, fmt.Errorf("evidence.s3.endpoint is %q: set a URL such as https://s3.example.org", e.S3.Endpoint))
	}
	if e.S3.Bucket == "" && e.S3.Endpoint != "" {
		errs = append(errs, errors.New("evidence.s3.bucket is empty: set the bucket, or leave evidence.s3.endpoint empty"))
	}
	if e.ClamAV != "" && !scannerForm.MatchString(e.ClamAV) {
		errs = append(errs, fmt.Errorf("evidence.clamav is %q: set unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310", e.ClamAV))
	}
	for key, n := range map[string]int{"parallel": e.Parallel, "max_files": e.PerReport, "max_task_mb": e.PerTask, "keep_days": e.KeepDays} {
		if n < 0 {
			errs = append(errs, fmt.Errorf("evidence.%s is %d: set 1 or more, or 0 for the default", key, n))
		}
	}
	return errors.Join(errs...)
}

// EvidencePath returns the folder of evidence files.
func (c Config) EvidencePath() string {
	if c.Evidence.Dir != "" {
		return c.Evidence.Dir
	}
	return filepath.Join(c.DataDir, "evidence")
}

// settings are what is set, without secrets.
func (e Evidence) settings(set map[string]string) {
	set["evidence.s3"], set["evidence.clamav"] = "", e.ClamAV
	if e.S3.Bucket != "" {
		set["evidence.s3"] = e.S3.Endpoint + " " + e.S3.Bucket
	}
	for key, n := range map[string]int{"parallel": e.Parallel, "max_files": e.PerReport, "max_task_mb": e.PerTask, "keep_days": e.KeepDays} {
		set["evidence."+key] = strconv.Itoa(n)
	}
}
