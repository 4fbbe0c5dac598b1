package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow/audit"
	"duban/workflow/witness"
)

// auditCheck reads files and nothing else: no configuration, no database.
func (p *program) auditCheck() *cobra.Command {
	var key, outside, consistency string
	cmd := &cobra.Command{
		Use:   "check FILE --key PUB [--checkpoint FILE [--consistency FILE]]",
		Short: "离线核验证明文件或检查点 / check a proof or a checkpoint offline",
		Example: "  duban audit check proof.json --key duban.pub\n" +
			"  duban audit check proof.json --key duban.pub --checkpoint checkpoints.log\n" +
			"  duban audit check newest.txt --key duban.pub --checkpoint older.txt --consistency consistency.json",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c := &checker{program: p, file: args[0]}
			var err error
			if c.key, err = publicKey(key); err != nil {
				return err
			}
			show, err := c.open()
			if err != nil {
				return err
			}
			compared, err := c.compare(outside, consistency)
			if err != nil {
				return err
			}
			show()
			for _, line := range compared {
				fmt.Fprintln(p.stdout, line)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "日志的公钥，或存有公钥的文件 / public key of the log, or a file that holds it")
	cmd.Flags().StringVar(&outside, "checkpoint", "", "另行保存的检查点，一个或多个 / checkpoints kept outside, one or more in a file")
	cmd.Flags().StringVar(&consistency, "consistency", "", "一致性证明（duban audit consistency）/ consistency proof")
	must(cmd.MarkFlagRequired("key"))
	return cmd
}

// publicKey takes a key as it is, and anything else for the name of a file.
func publicKey(given string) (string, error) {
	if _, err := audit.KeyName(given); err == nil {
		return given, nil
	}
	text, err := os.ReadFile(given)
	if err != nil {
		return "", fmt.Errorf("--key: %w", err)
	}
	key := strings.TrimSpace(string(text))
	if _, err := audit.KeyName(key); err != nil {
		return "", fmt.Errorf("--key: %w", err)
	}
	return key, nil
}

// checker checks one file against a public key.
type checker struct {
	*program
	file, key string
	signed    audit.Checkpoint // of the file
}

// open checks the file, which is a bundle or a single checkpoint, and returns what
// shows its content.
func (c *checker) open() (show func(), err error) {
	data, err := os.ReadFile(c.file)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(data, []byte("{")) {
		if c.signed, err = audit.Open(data, c.key); err != nil {
			return nil, c.refused(c.file, err)
		}
		return c.showLog, nil
	}
	checked, err := audit.CheckBundle(data, c.key)
	if err != nil {
		return nil, c.refused(c.file, err)
	}
	c.signed = checked.Checkpoint
	return func() { c.showProved(checked) }, nil
}

// refused says in the caller's language where a file is not what was signed.
func (c *checker) refused(file string, err error) error {
	fault, ok := errors.AsType[*audit.Fault](err)
	if !ok {
		return fmt.Errorf("%s: %w", file, err)
	}
	return fmt.Errorf(c.text("核验不通过：%s：%s", "refused: %s: %s"), file, c.text(fault.Text.ZH, fault.Text.EN))
}

// compare holds the file's checkpoint against those kept outside and returns what
// it found out. Not being able to compare is an error: it was asked for.
func (c *checker) compare(outside, consistency string) (found []string, err error) {
	if outside == "" {
		if consistency != "" {
			return nil, errors.New(c.text("--consistency 须与 --checkpoint 同用", "--consistency needs --checkpoint"))
		}
		return nil, nil
	}
	kept, err := c.keptOutside(outside)
	if err != nil {
		return nil, err
	}
	for i, k := range kept {
		if k.Size != c.signed.Size {
			continue
		}
		if k.Root != c.signed.Root {
			return nil, fmt.Errorf(c.text("核验不通过：%s 中第 %d 个检查点（%s）记录数相同而根不同（%s）：签署过两份不同的日志",
				"refused: checkpoint %[2]d of %[1]s (%[3]s) has the same size and another root (%[4]s): two different logs were signed"),
				outside, i+1, k.Short(), c.signed.Short())
		}
		found = append(found[:0], fmt.Sprintf(c.text("与 %s 中第 %d 个检查点（%s）一致", "The same as checkpoint %[2]d of %[1]s (%[3]s)"), outside, i+1, k.Short()))
	}
	if consistency != "" {
		line, err := c.consistent(kept, consistency)
		if err != nil {
			return nil, err
		}
		return append(found, line), nil
	}
	if found == nil {
		last := kept[len(kept)-1]
		from, to := min(last.Size, c.signed.Size), max(last.Size, c.signed.Size)
		return nil, fmt.Errorf(c.text(
			"%s 中没有 %d 条记录的检查点，无法直接比较：需要一致性证明（duban audit consistency --from %d --to %d --out FILE），再用 --consistency FILE 核验",
			"%s has no checkpoint over %d records to compare with: a consistency proof is needed (duban audit consistency --from %d --to %d --out FILE), then check with --consistency FILE"),
			outside, c.signed.Size, from, to)
	}
	return found, nil
}

// keptOutside opens the checkpoints of a file, of which there is at least one.
func (c *checker) keptOutside(file string) ([]audit.Checkpoint, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var kept []audit.Checkpoint
	for i, note := range witness.Notes(data) {
		k, err := audit.Open(note, c.key)
		if err != nil {
			return nil, c.refused(fmt.Sprintf(c.text("%s 第 %d 个检查点", "%s, checkpoint %d"), file, i+1), err)
		}
		kept = append(kept, k)
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf(c.text("%s 中没有检查点", "%s holds no checkpoint"), file)
	}
	return kept, nil
}

// consistent checks the proof between the file's checkpoint and one kept outside,
// whichever of the two is older.
func (c *checker) consistent(kept []audit.Checkpoint, file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	proof, err := audit.ReadConsistency(data)
	if err != nil {
		return "", c.refused(file, err)
	}
	for _, k := range kept {
		older, newer := k, c.signed
		if older.Size > newer.Size {
			older, newer = newer, older
		}
		if older.Size != proof.Older || newer.Size != proof.Newer {
			continue
		}
		if err := proof.Check(older, newer); err != nil {
			return "", c.refused(file, err)
		}
		return fmt.Sprintf(c.text("一致性证明有效：%s 的日志由 %s 的日志延续而来", "The consistency proof holds: the log of %s begins with that of %s"), newer.Short(), older.Short()), nil
	}
	return "", fmt.Errorf(c.text("%s 证明的是 %d 至 %d 条记录，而没有这样两个检查点", "%s is about %d and %d records; there are no two such checkpoints"), file, proof.Older, proof.Newer)
}
