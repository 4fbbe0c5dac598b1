// A campaign in which every text that people enter is a payload: a hundred districts, tasks
// and people, each task through all that can happen to it.
import { fileNames, payloads, text, type Field } from './payloads'
import type { World } from './world'

const campaign = 'x-2023'
export const h1 = `/campaigns/${campaign}/periods/h1`
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/** Does something for each of 0…n-1, a few at once. */
export async function each(n: number, act: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let i = next++; i < n; i = next++) await act(i)
  }))
}

const regionOf = (i: number) => String(449900 + i)
const campaignOf = (code: string, i: number, regions: string[]) => ({
  code, title: text('title', i), starts: '2023-01-01', regions, periods: [{ code: 'h1', label: text('label', i), cutoff: '2023-06-30', report_by: '2023-08-31' }],
})

/** Fills a world, and returns the ids of the tasks. */
export async function seed(world: World): Promise<string[]> {
  const n = payloads.length
  const regions = Array.from({ length: n }, (_, i) => regionOf(i))
  await each(n, (i) => world.as('sysadmin', 'POST', '/regions', { code: regionOf(i), name: text('region', i) }))
  await world.as('supervisor', 'POST', '/campaigns/import', {
    campaign: campaignOf(campaign, 0, regions),
    tasks: regions.map((region, i) => ({ code: `x-${i}`, region, subject: text('subject', i), requirement: text('requirement', i), measures: measures(i) })),
  })
  await each(n, async (i) => {
    await world.as('secadmin', 'POST', '/users/pengjiang/grants', { role: 'reporter', region: regionOf(i) })
    await world.as('sysadmin', 'POST', '/users', { login: `x${i}.payload`, name: text('person', i), password: 'gully-marble-Kestrel-71' })
    await world.as('supervisor', 'POST', '/campaigns', campaignOf(`x-${i}`, i, [regionOf(i)]))
    if (i < 90) await world.as('auditor', 'POST', '/tokens', { label: text('token', i) })
  })
  await world.as('sysadmin', 'POST', '/users/pengjiang/rename', { name: text('person', 5) })
  await world.as('sysadmin', 'POST', '/users/reviewer/rename', { name: text('person', 10) })
  const tasks = (await world.as('pengjiang', 'GET', `/tasks?campaign=${campaign}&limit=200`)).items
  const ids: string[] = []
  for (const task of tasks) ids[Number(task.code.slice(2))] = task.id
  await each(n, (i) => life(world, ids[i]!, i))
  const table = await world.as('supervisor', 'GET', `${h1}/lag-table`)
  await each(table.rows.length, (r) => {
    const i = Number(table.rows[r].task_code.slice(2))
    return world.as('supervisor', 'POST', `${h1}/narratives`, { task: `x-${i}`, narrative: text('edited', i), reason: text('edit', i) })
  })
  await world.as('supervisor', 'POST', `${h1}/editions`, { accept_gaps: table.gaps.map((g: any) => g.task_code) })
  return ids
}

function measures(i: number): object[] {
  return [
    { code: 'word', kind: 'qualitative', name: text('measure', i) },
    { code: 'length', kind: 'cumulative', name: text('measure', i + 1), unit: text('unit', i), targets: [{ due: '2023-06-30', value: '10' }] },
    { code: 'share', kind: 'cumulative', name: text('measure', i + 2), of: { count: 8, unit: text('total', i) }, targets: [{ due: '2023-06-30', value: '50' }] },
    { code: 'steps', kind: 'stages', name: text('measure', i + 3), stages: [{ code: 'one', name: text('stage', i), due: '2023-03-31' }] },
    { code: 'air', kind: 'ceiling', name: text('measure', i + 4), unit: text('unit', i + 1), station: text('station', i), target: '20', fallback: '25' },
  ]
}

/** A task is reported, taken back, returned, approved in other words, flagged, and ends in one of four ways. */
async function life(world: World, id: string, i: number): Promise<void> {
  const step = (login: string, event: string, body: object) => world.as(login, 'POST', `/tasks/${id}/${event}`, body)
  const why = (field: Field) => ({ reason: text(field, i) })
  const evidence: string[] = []
  if (i < fileNames.length) evidence.push((await upload(world, id, fileNames[i]!)).sha256)
  const report = {
    narrative: text('narrative', i), evidence, evidence_date: '2023-08-31',
    values: { word: { verdict: 'on_schedule' }, length: { at_cutoff: '1' }, share: { at_cutoff: '1' }, steps: { stages: { one: { share: '0.1' } } }, air: { value: '30' } },
  }
  await step('pengjiang', 'report', report)
  await step('pengjiang', 'withdraw', why('withdrawn'))
  await step('pengjiang', 'report', report)
  await step('reviewer', 'return', why('returned'))
  await step('pengjiang', 'report', report)
  await step('reviewer', 'approve', { ...why('override'), report_number: 3, verdict: 'nearly' })
  await step('reviewer', 'flag', { ...why('flag'), report_number: 3, verdict: 'behind', rectify_by: '2099-01-01' })
  if (i % 4 === 3) {
    await world.as('pengjiang', 'PUT', `/tasks/${id}/draft`, { narrative: text('draft', i) })
    return
  }
  await step('pengjiang', 'report', report)
  if (i % 4 === 0) return
  if (i % 4 === 1) {
    await step('reviewer', 'reject_rectification', { ...why('rejected'), report_number: 4, rectify_by: '2099-01-01' })
    if (i % 8 === 1) await step('supervisor', 'cancel', why('cancelled'))
    return
  }
  await step('reviewer', 'confirm_rectified', { ...why('confirmed'), report_number: 4, verdict: 'nearly' })
  if (i % 8 === 2) await step('supervisor', 'close', why('closed'))
}

/** Uploads a picture under a name; throws what the server refuses. */
export async function upload(world: World, id: string, name: string): Promise<{ sha256: string }> {
  return world.as('pengjiang', 'POST', `/tasks/${id}/evidence?name=${encodeURIComponent(name)}`, png)
}
