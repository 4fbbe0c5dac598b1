import type { Definition } from '@/api/types'

export interface Drawn {
  width: number
  height: number
  states: { name: string; x: number; terminal: boolean }[]
  /** An arrow for each pair of states, with every event that leads from one to the other. */
  rows: { events: string[]; from: number; to: number; middle: number; y: number }[]
}

const column = 150
const top = 86
const step = 38

/**
 * Where everything of the diagram goes: states are columns, in the order of the
 * definition, and what leads from one to another is an arrow on a row of its own, so
 * that nothing crosses a word, whatever the definition has.
 */
export function layout(definition: Definition): Drawn {
  const states = definition.states.map((s, i) => ({ name: s.name, x: column * (i + 0.5) + 40, terminal: s.terminal }))
  const at = new Map(states.map((s) => [s.name, s.x]))
  const pairs = new Map<string, { events: string[]; from: number; to: number }>()
  for (const x of definition.transitions) {
    const to = at.get(x.to)!
    const from = x.from ? at.get(x.from)! : to - 75
    const pair = pairs.get(`${from} ${to}`) ?? { events: [], from, to }
    if (!pair.events.includes(x.event)) pair.events.push(x.event)
    pairs.set(`${from} ${to}`, pair)
  }
  const rows = [...pairs.values()].map((p, i) => ({ ...p, middle: p.from === p.to ? p.from + 78 : (p.from + p.to) / 2, y: top + i * step }))
  return { width: column * states.length + 80, height: top + rows.length * step, states, rows }
}
