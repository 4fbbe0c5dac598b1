import createClient, { type Client } from 'openapi-fetch'
import { connection } from './connection'
import { ApiProblem } from './problem'
import type { paths } from './schema'

/** What the client asks the rest of the page for. */
interface Surroundings {
  language(): string
  /** Signs in again over whatever is open; false when the person gives up. */
  signInAgain(): Promise<boolean>
}

let around: Surroundings = { language: () => 'zh-CN', signInAgain: async () => false }

export function surround(s: Surroundings): void {
  around = s
}

/** Signs in again over whatever is open, for requests that do not go through send. */
export function askAgain(): Promise<boolean> {
  return around.signInAgain()
}

export function languageNow(): string {
  return around.language()
}

// Under this path a 401 says that the proof shown is wrong, not that the session ended.
const signingIn = /\/api\/v1\/(sessions|session\/totp)$/

/**
 * fetch for our API: says the language, and where the session has ended asks the person
 * to sign in again and repeats the request, so that nothing typed is lost.
 */
export async function send(request: Request): Promise<Response> {
  const again = request.clone()
  const first = await attempt(request)
  const path = new URL(request.url).pathname
  if (first.status !== 401 || signingIn.test(path)) return first
  if (path === '/api/v1/session' && request.method === 'GET') return first // the question whether one is signed in
  return (await around.signInAgain()) ? attempt(again) : first
}

async function attempt(request: Request): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set('Accept-Language', around.language())
  try {
    const response = await fetch(new Request(request, { headers }))
    connection.lost = false
    if (response.ok && new URL(request.url).pathname !== '/api/v1/inbox') connection.usedAt = Date.now()
    return response
  } catch (cause) {
    if (request.signal.aborted) throw cause
    connection.lost = true
    throw new ApiProblem(0, {})
  }
}

export const api: Client<paths> = createClient<paths>({ baseUrl: location.origin, fetch: send })

/** Unwraps an answer: its data, or the problem thrown. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) throw new ApiProblem(response.status, typeof error === 'object' && error !== null ? error : {})
  return data as T
}

/** The same for operations that also give other forms: the data where JSON was asked for. */
export async function answerJSON<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Exclude<T, string>> {
  return (await answer(call)) as Exclude<T, string>
}

/** The bytes of a file that the API gives, with the name that it gives it. */
export async function file(path: string, init?: RequestInit): Promise<{ blob: Blob; name: string }> {
  const response = await send(new Request(new URL(path, location.origin), init))
  if (!response.ok) throw new ApiProblem(response.status, await response.json().catch(() => ({})))
  const said = response.headers.get('Content-Disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(said)
  const plain = /filename="?([^";]+)"?/i.exec(said)
  return { blob: await response.blob(), name: encoded ? decodeURIComponent(encoded[1]!) : (plain?.[1] ?? '') }
}

/** Hands a file to the browser's downloads. */
export async function download(path: string, init?: RequestInit): Promise<void> {
  const { blob, name } = await file(path, init)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
