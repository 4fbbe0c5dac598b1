import type { Measure } from '@/api/types'

/** A code by a letter and a number that none of the codes there has. */
export function unused(letter: string, codes: string[]): string {
  const numbers = codes.map((code) => Number(new RegExp(`^${letter}(\\d+)$`).exec(code)?.[1] ?? 0))
  return letter + (Math.max(0, ...numbers) + 1)
}

/** A measure with what its kind needs, and nothing of another kind. */
export function ofKind(kind: Measure['kind'], { code, name, unit }: Pick<Measure, 'code' | 'name' | 'unit'>): Measure {
  switch (kind) {
    case 'cumulative':
      return { code, name, unit, kind, targets: [{ due: '', value: '' }] }
    case 'stages':
      return { code, name, kind, stages: [{ code: 's1', name: '', due: '' }] }
    case 'ceiling':
      return { code, name, unit, kind, decimals: 0, target: '', fallback: '' }
    default:
      return { code, name, kind }
  }
}
