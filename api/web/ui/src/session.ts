import { computed, reactive, readonly } from 'vue'
import { answer, api } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/types'
import { speak } from '@/i18n'

// Who is signed in, once for the whole page.
const state = reactive({ me: null as Me | null, asked: false, again: false })
let waiting: ((ok: boolean) => void)[] = []

export const session = readonly(state)

export const signedIn = computed(() => state.me !== null && !state.me.needs)

/** Asks the server who is signed in; null when nobody is. */
export async function learn(): Promise<Me | null> {
  try {
    state.me = await answer(api.GET('/api/v1/session'))
    if (state.me.language) speak(state.me.language)
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.status !== 401) throw thrown
    // Whoever was signed in goes on where they are: without them the page would be gone.
    if (state.me && !state.again) return (await signInAgain()) ? state.me : null
    state.me = null
  }
  state.asked = true
  return state.me
}

/** Whether the roles in force give a permission, such as "task.read" or "event.approve". */
export function may(permission: string): boolean {
  const me = state.me
  if (!me) return false
  // "event.read" is a permission like others, although it is named as events are.
  if (me.permissions.includes(permission)) return true
  const event = permission.startsWith('event.') ? permission.slice('event.'.length) : ''
  return event !== '' && me.user.grants.some((g) => g.events.includes(event))
}

export function holds(role: string): boolean {
  return state.me?.user.grants.some((g) => g.role === role) ?? false
}

/** Opens the dialog to sign in over what is there, once for all requests that wait. */
export function signInAgain(): Promise<boolean> {
  if (!state.me) return Promise.resolve(false)
  state.again = true
  return new Promise((done) => waiting.push(done))
}

/** The dialog was answered: requests that wait go on, or give up. */
export function answered(ok: boolean): void {
  state.again = false
  const all = waiting
  waiting = []
  for (const done of all) done(ok)
}

export function forget(): void {
  state.me = null
}
