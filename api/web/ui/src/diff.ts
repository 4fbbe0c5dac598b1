/** A piece of a text that two versions share, or that one of them has alone. */
export interface Piece { kind: 'same' | 'gone' | 'new'; text: string }

// Chinese has no blanks between words: a figure, a Latin word or a single other sign is a piece.
const pieces = /[0-9０-９]+(?:[.．][0-9０-９]+)?[%％]?|[A-Za-z]+|\s+|[\s\S]/gu

/** Longest text, in pieces, that is compared piece by piece; beyond it, whole lines are. */
const most = 2_000

/**
 * What changed from one text to another, as the longest common subsequence of their
 * pieces: reading "same" and "gone" gives the first, "same" and "new" the second.
 */
export function changes(before: string, after: string): Piece[] {
  let a: string[] = before.match(pieces) ?? []
  let b: string[] = after.match(pieces) ?? []
  if (a.length > most || b.length > most) {
    a = before.split(/(?<=\n)/)
    b = after.split(/(?<=\n)/)
  }
  const wide = b.length + 1
  const common = new Uint32Array((a.length + 1) * wide)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * wide + j] = a[i] === b[j] ? common[(i + 1) * wide + j + 1]! + 1 : Math.max(common[(i + 1) * wide + j]!, common[i * wide + j + 1]!)
    }
  }
  const out: Piece[] = []
  const add = (kind: Piece['kind'], text: string) => {
    const last = out[out.length - 1]
    if (last?.kind === kind) last.text += text
    else out.push({ kind, text })
  }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add('same', a[i]!)
      i++
      j++
    } else if (i < a.length && (j === b.length || common[(i + 1) * wide + j]! >= common[i * wide + j + 1]!)) add('gone', a[i++]!)
    else add('new', b[j++]!)
  }
  return out
}
