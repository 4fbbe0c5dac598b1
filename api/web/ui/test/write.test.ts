import { expect, test } from 'vitest'
import { ApiProblem } from '@/api/problem'
import { useWrite } from '@/api/write'

/** A write whose answers are given one by one: a value, or what is thrown. */
function writing(...answers: unknown[]) {
  const keys: string[] = []
  const write = useWrite(async (key: string, what = '') => {
    keys.push(key + what)
    const next = answers.shift()
    if (next instanceof Error) throw next
    return next
  })
  return { ...write, keys }
}

const lost = new ApiProblem(0, {})
const away = new ApiProblem(503, {})
const stale = new ApiProblem(412, { detail: '任务已被他人办理' })

test('what was not answered is asked again as the same; what was answered is done with', async () => {
  const w = writing(lost, away, 'done', 'done')
  for (let i = 0; i < 4; i++) await w.run()
  const [first, second, third, fourth] = w.keys
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect([second, third]).toEqual([first, first])
  expect(fourth).not.toBe(first)
})

test('a refusal is an answer: what is corrected is another request', async () => {
  const w = writing(stale, 'done')
  expect(await w.run()).toBeUndefined()
  expect(w.state.problem?.problem.detail).toBe('任务已被他人办理')
  expect(w.state.problem?.conflict).toBe(true)
  expect(await w.run()).toBe('done')
  expect(w.state.problem).toBeNull()
  expect(new Set(w.keys).size).toBe(2)
})

test('while one is under way a second press does nothing', async () => {
  let finish = (_: string): void => {}
  let began = 0
  const w = useWrite(() => { began++; return new Promise<string>((done) => { finish = done }) })
  const first = w.run()
  expect(await w.run()).toBeUndefined()
  expect([began, w.state.pending]).toEqual([1, true])
  finish('done')
  expect([await first, w.state.pending]).toEqual(['done', false])
})

test('a defect of the page is no refusal: it is not hidden', async () => {
  const w = writing(new TypeError('defect'), 'done')
  await expect(w.run()).rejects.toThrow('defect')
  expect(w.state).toMatchObject({ pending: false, problem: null })
  expect(await w.run()).toBe('done')
})
