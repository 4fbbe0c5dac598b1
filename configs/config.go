package configs

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Config is everything that an installation can set. Each key of the file has an
// environment variable that goes before it: database.dsn is DUBAN_DATABASE_DSN.
type Config struct {
	DataDir        string   `koanf:"data_dir"`        // folder of the SQLite file and the key
	Listen         string   `koanf:"listen"`          // host:port
	Secret         string   `koanf:"secret"`          // keys the hashes of sessions and tokens; empty: kept in DataDir
	Workflow       string   `koanf:"workflow"`        // file that replaces the built-in definition
	SecureCookies  bool     `koanf:"secure_cookies"`  // set when browsers come over HTTPS
	TrustedProxies []string `koanf:"trusted_proxies"` // networks whose X-Forwarded-For is believed
	Database       Database `koanf:"database"`
	Auth           Auth     `koanf:"auth"`
	Log            Log      `koanf:"log"`
	Audit          Audit    `koanf:"audit"`
	Evidence       Evidence `koanf:"evidence"`
	TLS            TLS      `koanf:"tls"`
	MaxConnections int      `koanf:"max_connections"` // open at the same time
	OIDC           OIDC     `koanf:"-"`               // auth.oidc

	// Ignored are variables that look like Duban's and are not: slips, most
	// likely, worth a warning.
	Ignored []string `koanf:"-"`
}

// Database says where data is kept.
type Database struct {
	Dialect  string `koanf:"dialect"`   // sqlite or mysql
	Path     string `koanf:"path"`      // SQLite file; empty: duban.db in DataDir
	DSN      string `koanf:"dsn"`       // MySQL: user:password@tcp(host:3306)/duban
	MaxConns int    `koanf:"max_conns"` // open connections; 0: the default
}

// Log says what is logged and how.
type Log struct {
	Level    string `koanf:"level"`    // debug, info, warn, error
	Format   string `koanf:"format"`   // json or text
	Security string `koanf:"security"` // of the security log: SecurityStderr, SecurityNone or a file
}

// Places of the security log that are no file.
const (
	SecurityStderr = "stderr"
	SecurityNone   = "none" // what happened still stands in the audit trail
)

// Audit says how the log of audit events is signed and where its checkpoints go.
type Audit struct {
	Key         string `koanf:"key"`         // private key; empty: kept in DataDir
	Checkpoints string `koanf:"checkpoints"` // file that checkpoints are added to; empty: checkpoints.log in DataDir
	Webhook     string `koanf:"webhook"`     // URL that checkpoints are posted to; empty: none
	VerifyHour  int    `koanf:"verify_hour"` // hour of the day at which the trail is verified, 0 to 23 (Asia/Shanghai); NeverVerify: never
}

// NeverVerify is the hour at which the trail is not verified by itself.
const NeverVerify = -1

const envPrefix = "DUBAN_"

// keys are the keys of Config, list-valued ones last.
var (
	keys = append([]string{
		"data_dir", "listen", "secret", "workflow", "secure_cookies",
		"database.dialect", "database.path", "database.dsn", "database.max_conns", "log.level", "log.format", "log.security",
		"audit.key", "audit.checkpoints", "audit.webhook", "audit.verify_hour",
		"tls.cert", "tls.key", "tls.redirect", "tls.acme.email", "tls.acme.directory", "tls.acme.ca", "max_connections",
	}, append(slices.Clone(authKeys), evidenceKeys...)...)
	listKeys = []string{"trusted_proxies", "auth.totp_required", "tls.acme.domains", "auth.oidc.scopes"}
)

// Load reads the file, when one is named, and the DUBAN_* variables of environ
// ("NAME=value"), and fills in defaults. An unknown key, a value that cannot be
// used and an unsafe one are errors that say what to set.
func Load(path string, environ []string) (Config, error) {
	k := koanf.New(".")
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("reading the configuration: %w", err)
		}
		for _, key := range k.Keys() {
			if known := slices.Concat(keys, oidcKeys, listKeys, fileKeys); !slices.Contains(known, key) {
				return Config{}, fmt.Errorf("%s: unknown key %s; the keys are %s", path, key, strings.Join(known, ", "))
			}
		}
	}
	var unknown []string
	vars := env.Opt{Prefix: envPrefix, EnvironFunc: func() []string { return environ }, TransformFunc: func(name, value string) (string, any) {
		return envKey(name, value, &unknown)
	}}
	if err := k.Load(env.Provider(".", vars), nil); err != nil {
		return Config{}, fmt.Errorf("reading the environment: %w", err)
	}
	c := Config{
		Ignored: unknown,
		DataDir: "data", Listen: "127.0.0.1:8080",
		Database: Database{Dialect: "sqlite"}, Auth: Auth{Profile: "nist"}, Log: Log{Level: "info", Format: "text", Security: SecurityStderr},
		Audit: Audit{VerifyHour: 3}, MaxConnections: defaultConnections, OIDC: defaultOIDC(),
	}
	if err := k.Unmarshal("", &c); err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	if err := c.OIDC.read(k); err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	return c, c.check()
}

// ownVariables are read elsewhere: by the command line.
var ownVariables = []string{"DUBAN_LANG", "DUBAN_CONFIG"}

func envKey(name, value string, unknown *[]string) (string, any) {
	for _, key := range slices.Concat(keys, oidcKeys) {
		if name == envPrefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_")) {
			return key, value
		}
	}
	for _, key := range listKeys {
		if name == envPrefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_")) {
			return key, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		}
	}
	if !slices.Contains(ownVariables, name) {
		*unknown = append(*unknown, name)
	}
	return "", nil
}

// minSecret is the least length of a secret in characters.
const minSecret = 32

// placeholders are parts of secrets that stand in examples.
var placeholders = []string{"change", "placeholder", "example", "secret", "password", "xxxx", "0000000", "1234567"}

func (c Config) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !slices.Contains([]string{"sqlite", "mysql"}, c.Database.Dialect) {
		bad("database.dialect is %q: set sqlite or mysql", c.Database.Dialect)
	}
	if c.Database.Dialect == "mysql" && c.Database.DSN == "" {
		bad("database.dsn is empty: set it to user:password@tcp(host:3306)/duban")
	}
	if c.DataDir == "" {
		bad("data_dir is empty: set a folder")
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		bad("log.level is %q: set debug, info, warn or error", c.Log.Level)
	}
	if !slices.Contains([]string{"json", "text"}, c.Log.Format) {
		bad("log.format is %q: set json or text", c.Log.Format)
	}
	if c.Log.Security == "" {
		bad("log.security is empty: set %s, %s or a file", SecurityStderr, SecurityNone)
	}
	if _, err := c.Proxies(); err != nil {
		bad("%w", err)
	}
	c.TLS.check(bad)
	c.OIDC.check(bad)
	if c.MaxConnections < 1 {
		bad("max_connections is %d: set 1 or more", c.MaxConnections)
	}
	c.Auth.check(bad)
	if c.Secret != "" {
		lower := strings.ToLower(c.Secret)
		weak := len(c.Secret) < minSecret || slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(lower, p) })
		if weak {
			bad("secret is a placeholder or shorter than %d characters: set it to the output of `openssl rand -hex 32`, or leave it empty to have one made", minSecret)
		}
	}
	if u, err := url.Parse(c.Audit.Webhook); c.Audit.Webhook != "" && (err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme)) {
		bad("audit.webhook is %q: set a URL such as https://witness.example.org/checkpoints", c.Audit.Webhook)
	}
	if h := c.Audit.VerifyHour; h < NeverVerify || h > 23 {
		bad("audit.verify_hour is %d: set 0 to 23, or %d for never", h, NeverVerify)
	}
	if err := c.Evidence.check(); err != nil {
		bad("%w", err)
	}
	return errors.Join(errs...)
}

// Proxies returns the trusted networks.
func (c Config) Proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("trusted_proxies: %q is not a network such as 10.0.0.0/8", s)
		}
		out = append(out, p)
	}
	return out, nil
}

// DatabasePath returns the SQLite file.
func (c Config) DatabasePath() string {
	if c.Database.Path != "" {
		return c.Database.Path
	}
	return filepath.Join(c.DataDir, "duban.db")
}

// CheckpointsPath returns the file that checkpoints are added to.
func (c Config) CheckpointsPath() string {
	if c.Audit.Checkpoints != "" {
		return c.Audit.Checkpoints
	}
	return filepath.Join(c.DataDir, "checkpoints.log")
}

// ArchivesPath returns the folder of archived events.
func (c Config) ArchivesPath() string { return filepath.Join(c.DataDir, "archives") }

// AuditKey returns the configured private key of the log, or the one kept in the
// data folder; fresh makes it when it is first asked for.
func (c Config) AuditKey(fresh func() (string, error)) (string, error) {
	if c.Audit.Key != "" {
		return c.Audit.Key, nil
	}
	path := filepath.Join(c.DataDir, "audit.key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		var key string
		if key, err = fresh(); err != nil {
			return "", err
		}
		if err := writeOnce(path, []byte(key+"\n")); err != nil {
			return "", fmt.Errorf("keeping the key of the log: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return "", fmt.Errorf("reading the key of the log: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// SecretKey returns the configured secret, or the one kept in the data folder,
// which is made when it is first asked for.
func (c Config) SecretKey() ([]byte, error) {
	if c.Secret != "" {
		return []byte(c.Secret), nil
	}
	path := filepath.Join(c.DataDir, "secret.key")
	if key, err := readKey(path); !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("making a secret: %w", err)
	}
	if err := writeOnce(path, []byte(hex.EncodeToString(fresh)+"\n")); err != nil {
		return nil, fmt.Errorf("keeping the secret: %w", err)
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s does not hold 64 hexadecimal digits: restore it, or delete it to have a new one made (everybody is then signed out)", path)
	}
	return key, nil
}

// writeOnce puts a whole file in place unless one is there: two processes that
// start together end up with the same one.
func writeOnce(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Settings returns what is set, by key, without secrets: of those only whether they
// are set.
func (c Config) Settings() map[string]string {
	set := map[string]string{}
	for _, a := range c.LogValue().Group() {
		set[a.Key] = a.Value.String()
	}
	set["listen"], set["trusted_proxies"] = c.Listen, strings.Join(c.TrustedProxies, " ")
	set["auth"] = fmt.Sprintf("%+v", c.Auth)
	set["log"] = c.Log.Level + " " + c.Log.Format + " " + c.Log.Security
	set["audit.checkpoints"], set["audit.webhook"] = c.CheckpointsPath(), ""
	if u, err := url.Parse(c.Audit.Webhook); err == nil {
		set["audit.webhook"] = u.Host // the rest may be a secret
	}
	set["audit.verify_hour"] = strconv.Itoa(c.Audit.VerifyHour)
	set["tls.cert"], set["tls.redirect"] = c.TLS.Cert, c.TLS.Redirect
	set["tls.acme"] = strings.TrimSpace(c.TLS.ACME.Directory + " " + strings.Join(c.TLS.ACME.Domains, " "))
	c.OIDC.settings(set)
	set["max_connections"] = strconv.Itoa(c.MaxConnections)
	set["secret"], set["audit.key"] = strconv.FormatBool(c.Secret != ""), strconv.FormatBool(c.Audit.Key != "")
	set["evidence.dir"] = c.EvidencePath()
	c.Evidence.settings(set)
	return set
}

// LogValue shows the configuration without its secrets.
func (c Config) LogValue() slog.Value {
	database := c.DatabasePath()
	if c.Database.Dialect == "mysql" {
		// The password stands between the first colon and the last @.
		database = c.Database.DSN
		if at := strings.LastIndex(database, "@"); at >= 0 {
			user, _, _ := strings.Cut(database[:at], ":")
			database = user + ":***" + database[at:]
		}
	}
	return slog.GroupValue(
		slog.String("data_dir", c.DataDir), slog.String("listen", c.Listen),
		slog.String("dialect", c.Database.Dialect), slog.String("database", database),
		slog.String("workflow", c.Workflow), slog.Bool("secure_cookies", c.SecureCookies),
	)
}
