import type { components } from './schema'

export type Problem = components['schemas']['Problem']

/** A refusal of the server (RFC 9457), or status 0 where no answer came. */
export class ApiProblem extends Error {
  readonly problem: Partial<Problem>
  readonly status: number

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? '')
    this.status = status
    this.problem = problem
  }

  /** No answer came: the step may or may not have happened. A repeat with the same key is safe. */
  get unanswered(): boolean {
    return this.status === 0 || this.status === 503
  }

  /** Somebody else changed the task since it was read. */
  get conflict(): boolean {
    return this.status === 409 || this.status === 412
  }

  /** What is wrong with a field, in the reader's language; names as in the request body. */
  field(name: string): string | undefined {
    const found = (this.problem.errors ?? []).filter((e) => e.field === name || e.field === 'body.' + name)
    return found.length ? found.map((e) => e.message).join(' ') : undefined
  }
}
