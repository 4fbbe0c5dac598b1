import { reactive } from 'vue'
import { ApiProblem } from './problem'

/** Random and long enough to be met once (RFC 9562 form is not needed). */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

/**
 * One write at a time, with an Idempotency-Key that stays the same until the server
 * has answered: after a lost connection the person presses the button again, and the
 * step is carried out once.
 */
export function useWrite<A extends unknown[], T>(act: (key: string, ...args: A) => Promise<T>) {
  let key = newKey()
  const state = reactive({ pending: false, problem: null as ApiProblem | null })

  async function run(...args: A): Promise<T | undefined> {
    if (state.pending) return undefined
    state.pending = true
    state.problem = null
    try {
      const done = await act(key, ...args)
      key = newKey()
      return done
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown
      if (!thrown.unanswered) key = newKey()
      state.problem = thrown
      return undefined
    } finally {
      state.pending = false
    }
  }

  function clear(): void {
    state.problem = null
  }

  return { state, run, clear }
}
