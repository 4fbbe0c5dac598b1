import { expect, test } from 'vitest'
import { changes } from '@/diff'

test('a figure that changes is one change, and both texts can be read from the pieces', () => {
  expect(changes('已完成清淤6公里。', '已完成清淤16.5公里，受阻。')).toEqual([
    { kind: 'same', text: '已完成清淤' }, { kind: 'gone', text: '6' }, { kind: 'new', text: '16.5' }, { kind: 'same', text: '公里' },
    { kind: 'new', text: '，受阻' }, { kind: 'same', text: '。' },
  ])
})

test('whatever the texts, nothing is lost and nothing is made up', () => {
  let seed = 7
  const next = (n: number) => (seed = (seed * 48271) % 2147483647) % n
  const text = () => Array.from({ length: next(40) }, () => '甲乙丙12.5％ \n<'[next(11)]).join('')
  for (let round = 0; round < 500; round++) {
    const [a, b] = [text(), text()]
    const found = changes(a, b)
    expect(found.filter((p) => p.kind !== 'new').map((p) => p.text).join('')).toBe(a)
    expect(found.filter((p) => p.kind !== 'gone').map((p) => p.text).join('')).toBe(b)
  }
})
