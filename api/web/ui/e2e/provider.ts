// An OpenID provider of its own for a file of tests: see provider/main.go.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { freePort } from './world'

export class Provider {
  readonly folder: string
  private readonly address: string
  private process?: ChildProcess

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.address = `127.0.0.1:${port}`
  }

  /** Starts it for the Duban at an address, and returns it when it answers. */
  static async start(duban: string): Promise<Provider> {
    const provider = new Provider(mkdtempSync(join(tmpdir(), 'duban-provider-')), await freePort())
    const binary = join(provider.folder, 'provider')
    execFileSync('go', ['build', '-o', binary, './api/web/ui/e2e/provider'], { cwd: resolve(import.meta.dirname, '../../../..'), env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' } })
    provider.process = spawn(binary, [provider.address, `${duban}/auth/oidc/callback`], { stdio: 'ignore' })
    writeFileSync(join(provider.folder, 'duban.yaml'), `auth:
  oidc:
    issuer: http://${provider.address}
    client_id: duban
    client_secret: a-client-secret-of-the-test-1234
    redirect_url: ${duban}/auth/oidc/callback
    create: true
    rules:
      - {claim: groups, equals: reviewers, grants: [reviewer]}
      - {claim: groups, equals: reporters, grants: ["reporter:440703"]}
`)
    for (let i = 0; i < 200; i++) {
      if (await fetch(`http://${provider.address}/.well-known/openid-configuration`).then((r) => r.ok, () => false)) return provider
      await new Promise((later) => setTimeout(later, 50))
    }
    throw new Error('the provider did not become ready')
  }

  get configuration(): string {
    return join(this.folder, 'duban.yaml')
  }

  /** Fills in the provider's own form, which the browser was sent to. */
  async signIn(page: Page, name: string): Promise<void> {
    await page.waitForURL(`http://${this.address}/login/username?**`)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill('of-everybody')
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async end(): Promise<void> {
    const server = this.process
    if (server && server.exitCode === null) {
      const gone = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      await gone
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
