package filestore

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"duban/workflow"
)

// Bucket says where a bucket is. It must be there already.
type Bucket struct {
	Endpoint  string // URL of the service: https://s3.example.org
	Name      string
	Region    string // empty: us-east-1
	AccessKey string
	SecretKey string
}

// S3 keeps files as objects named ab/cdef... in a bucket. What is on its way in is kept
// in a folder of this machine: its digest, and so its name, is known at its end.
type S3 struct {
	client *minio.Client
	bucket string
	drafts *Folder
}

var _ workflow.EvidenceStore = (*S3)(nil)

// OpenS3 returns the store in a bucket. An unreachable service is no error yet.
func OpenS3(b Bucket, draftsIn string) (*S3, error) {
	at, err := url.Parse(b.Endpoint)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("%q is no URL of an S3 service", b.Endpoint)
	}
	region := b.Region
	if region == "" {
		region = "us-east-1"
	}
	client, err := minio.New(at.Host, &minio.Options{
		Creds: credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""), Secure: at.Scheme == "https", Region: region, BucketLookup: minio.BucketLookupAuto,
	})
	if err != nil {
		return nil, fmt.Errorf("S3: %w", err)
	}
	folder, err := OpenFolder(draftsIn)
	if err != nil {
		return nil, err
	}
	return &S3{client: client, bucket: b.Name, drafts: folder}, nil
}

func objectName(sha256 string) (string, bool) {
	if !digestForm.MatchString(sha256) {
		return "", false
	}
	return sha256[:2] + "/" + sha256[2:], true
}

// Draft begins a file; see workflow.EvidenceStore.
func (s *S3) Draft() (workflow.EvidenceDraft, error) {
	local, err := s.drafts.Draft()
	if err != nil {
		return nil, err
	}
	return &s3Draft{folderDraft: local.(*folderDraft), to: s}, nil
}

type s3Draft struct {
	*folderDraft
	to *S3
}

// Keep sends the content. The service answers when it has it safely, which is its
// promise to keep; it checks what arrives against the digest that goes with it.
func (d *s3Draft) Keep(ctx context.Context, sha256 string) error {
	name, ok := objectName(sha256)
	if !ok {
		return fmt.Errorf("%q is no digest", sha256)
	}
	info, err := d.Stat()
	if err != nil {
		return fmt.Errorf("looking at a draft: %w", err)
	}
	_, err = d.to.client.PutObject(ctx, d.to.bucket, name, io.NewSectionReader(d, 0, info.Size()), info.Size(), minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true, SendContentMd5: true,
	})
	if err != nil {
		return fmt.Errorf("sending a file to S3: %w", err)
	}
	return nil
}

// Open opens a file; see workflow.EvidenceStore.
func (s *S3) Open(ctx context.Context, sha256 string) (workflow.EvidenceContent, error) {
	name, ok := objectName(sha256)
	if !ok {
		return nil, workflow.ErrNoFile
	}
	object, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat() // the first question to the service
	}
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return nil, workflow.ErrNoFile
	}
	if err != nil {
		return nil, fmt.Errorf("opening a file in S3: %w", err)
	}
	return object, nil
}

// Remove removes a file; see workflow.EvidenceStore.
func (s *S3) Remove(ctx context.Context, sha256 string) error {
	name, ok := objectName(sha256)
	if !ok {
		return nil
	}
	if err := s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("removing a file from S3: %w", err)
	}
	return nil
}

// Each visits the objects that have a digest for a name; see workflow.EvidenceStore.
func (s *S3) Each(ctx context.Context, fn func(workflow.StoredFile) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing when fn fails
	defer cancel()
	for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Recursive: true}) {
		if object.Err != nil {
			return fmt.Errorf("listing the files in S3: %w", object.Err)
		}
		if len(object.Key) < 3 {
			continue
		}
		digest := object.Key[:2] + object.Key[3:]
		if name, ok := objectName(digest); !ok || name != object.Key {
			continue
		}
		if err := fn(workflow.StoredFile{SHA256: digest, Size: object.Size, Stored: object.LastModified}); err != nil {
			return err
		}
	}
	return nil
}

// Tidy removes old drafts; see workflow.EvidenceStore.
func (s *S3) Tidy(since time.Time) error { return s.drafts.Tidy(since) }
