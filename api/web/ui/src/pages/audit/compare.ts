/** One value of what an event changed, by its path in what is stored. */
export interface Row { field: string; before: string; after: string; changed: boolean }

/**
 * Before and after of an event, value by value, in the order in which they are stored;
 * what only one of the two has is empty in the other.
 */
export function compare(before: unknown, after: unknown): Row[] {
  const old = new Map<string, string>()
  const now = new Map<string, string>()
  // A step is stored as the task before it, and after it as the task with what was added.
  const wrapped = has(after, 'task') && !has(before, 'task') && has(before, 'state')
  spread(wrapped ? { task: before } : before, '', old)
  spread(after, '', now)
  return [...new Set([...old.keys(), ...now.keys()])].map((field) => {
    const a = old.get(field)
    const b = now.get(field)
    return { field, before: a ?? '', after: b ?? '', changed: a !== b }
  })
}

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value
}

function spread(value: unknown, path: string, into: Map<string, string>): void {
  if (value === null || value === undefined) return
  if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) spread(inner, path ? path + '.' + key : key, into)
    return
  }
  into.set(path, String(value))
}
