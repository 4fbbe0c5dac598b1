package gormstore

import (
	"strings"
	"time"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/filekind"
)

type evidenceRow struct {
	ID         string `gorm:"primaryKey"`
	TaskID     string
	SHA256     string `gorm:"column:sha256"`
	Name       string
	Kind       string
	Size       int64
	Uploader   string
	UploadedAt moment
	Version    int
}

func (evidenceRow) TableName() string { return "evidence" }

func (r evidenceRow) evidence(d *decoder) workflow.Evidence {
	return workflow.Evidence{
		ID: r.ID, TaskID: r.TaskID, SHA256: r.SHA256, Name: r.Name, Kind: filekind.Kind(r.Kind), Size: r.Size, Uploader: r.Uploader,
		UploadedAt: d.time(r.UploadedAt), Version: r.Version,
	}
}

func (u *unit) EvidenceOf(taskID string) ([]workflow.Evidence, error) {
	return all(u, "listing uploads", evidenceRow.evidence, func(db *gorm.DB) *gorm.DB {
		return db.Where("task_id = ?", taskID).Order("uploaded_at, id")
	})
}

// named is true of uploads that a report of their task names. A report's list has
// digests, which cannot occur in it in another way.
const named = "EXISTS (SELECT 1 FROM reports r WHERE r.task_id = evidence.task_id AND r.evidence LIKE "

// named is spelt otherwise where || means OR.
func (u *unit) named() string {
	if u.dialect == migrations.MySQL {
		return named + "CONCAT('%\"', evidence.sha256, '\"%'))"
	}
	return named + "'%\"' || evidence.sha256 || '\"%')"
}

func (u *unit) UnusedEvidence(before time.Time, limit int) ([]workflow.Evidence, error) {
	return all(u, "listing unused uploads", evidenceRow.evidence, func(db *gorm.DB) *gorm.DB {
		return db.Where("uploaded_at < ? AND NOT "+u.named(), toMoment(before)).Order("id").Limit(limit)
	})
}

func (u *unit) EvidencePage(after string, limit int) ([]workflow.Evidence, error) {
	return all(u, "listing all uploads", evidenceRow.evidence, func(db *gorm.DB) *gorm.DB {
		return db.Where("id > ?", after).Order("id").Limit(limit)
	})
}

func (u *unit) FilesHad(digests []string) (map[string]bool, error) {
	had := map[string]bool{}
	if len(digests) == 0 {
		return had, nil
	}
	var found []string
	if _, err := u.run("looking for the uploads of files", func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT DISTINCT sha256 FROM evidence WHERE sha256 IN ?", digests).Scan(&found)
	}); err != nil {
		return nil, err
	}
	for _, digest := range found {
		had[digest] = true
	}
	return had, nil
}

func (u *unit) InsertEvidence(e workflow.Evidence) error {
	return u.insertAll("inserting upload "+e.ID, evidenceTable.into, [][]any{evidenceValues(e)})
}

func (u *unit) SaveEvidence(e workflow.Evidence, was int) error {
	return u.exec("saving upload "+e.ID, 1, "UPDATE evidence SET name = ?, version = ? WHERE id = ? AND version = ?", e.Name, e.Version, e.ID, was)
}

func (u *unit) DeleteUnusedEvidence(e workflow.Evidence) (bool, error) {
	n, err := u.run("deleting upload "+e.ID, func(db *gorm.DB) *gorm.DB {
		return db.Exec("DELETE FROM evidence WHERE id = ? AND version = ? AND NOT "+u.named(), e.ID, e.Version)
	})
	return n > 0, err
}

// ClaimFile inserts first: what is there already is then locked as well.
func (u *unit) ClaimFile(sha256, generation string) (string, error) {
	text := "INSERT INTO evidence_files (sha256, generation) VALUES (?, ?) ON CONFLICT DO NOTHING"
	if u.dialect == migrations.MySQL {
		text = strings.Replace(text, "ON CONFLICT DO NOTHING", "ON DUPLICATE KEY UPDATE generation = generation", 1)
	}
	if err := u.exec("claiming a file", anyNumber, text, sha256, generation); err != nil {
		return "", err
	}
	return u.FileGeneration(sha256)
}

func (u *unit) FileGeneration(sha256 string) (string, error) {
	if err := u.lockRow("evidence_files", "sha256 = ?", sha256); err != nil {
		return "", err
	}
	var found []string
	if _, err := u.run("reading the claim of a file", func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT generation FROM evidence_files WHERE sha256 = ?", sha256).Scan(&found)
	}); err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", workflow.ErrNoRow
	}
	return found[0], nil
}

func (u *unit) ReleaseFile(sha256 string) error {
	return u.exec("releasing a file", anyNumber, "DELETE FROM evidence_files WHERE sha256 = ?", sha256)
}
