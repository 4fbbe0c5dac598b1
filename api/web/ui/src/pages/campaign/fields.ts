import { t } from '@/i18n'

// What the forms of a campaign call the fields of their requests, for those who read
// the whole of a refusal at its end.

const names: Record<string, string> = {
  code: 'campaign.code', title: 'campaign.name', starts: 'campaign.starts', regions: 'campaign.regions', periods: 'campaign.periods',
  'assessment.nearly_ratio': 'campaign.nearly', 'assessment.pace_ratio': 'campaign.pace',
}
const periodNames: Record<string, string> = { code: 'campaign.periodCode', label: 'campaign.periodLabel', cutoff: 'campaign.cutoff', report_by: 'campaign.reportBy' }
const taskNames: Record<string, string> = { code: 'campaign.taskCode', region: 'task.region', subject: 'campaign.subject', requirement: 'campaign.requirement', measures: 'task.measures' }
const measureNames: Record<string, string> = {
  code: 'campaign.measureCode', name: 'campaign.measureName', kind: 'campaign.kind', unit: 'campaign.unit', 'of.count': 'campaign.ofCount', 'of.unit': 'campaign.ofUnit', targets: 'campaign.targets', stages: 'campaign.stages',
  due: 'campaign.due', value: 'campaign.value', station: 'campaign.station', target: 'campaign.ceiling', fallback: 'campaign.fallback', decimals: 'campaign.decimals',
}

const named = (key: string | undefined) => (key ? [t(key)] : [])

/** The name of a field of a campaign, also where the request has it below "campaign". */
export function campaignField(field: string): string | undefined {
  const path = field.replace(/^(body\.)?(campaign\.)?/, '')
  const period = /^periods\[(\d+)\]\.?(.*)$/.exec(path)
  if (period) return [t('campaign.periodNumber', { n: Number(period[1]) + 1 }), ...named(periodNames[period[2]!])].join(' ')
  return named(names[path.replace(/\[\d+\]$/, '')])[0]
}

/** The name of a field of a task that is to be assigned. */
export function taskField(field: string): string | undefined {
  const path = field.replace(/^body\./, '')
  const measure = /^measures\[(\d+)\]\.?(?:(targets|stages)\[(\d+)\]\.?)?(.*)$/.exec(path)
  if (!measure) return named(taskNames[path])[0]
  const [, i, part, k, name] = measure
  const below = part ? [t(part === 'targets' ? 'campaign.targetNumber' : 'campaign.stageNumber', { n: Number(k) + 1 })] : []
  return [t('campaign.measureNumber', { n: Number(i) + 1 }), ...below, ...named(part === 'stages' && name === 'name' ? 'campaign.stageName' : measureNames[name!])].join(' ')
}

/** The name of a field of a campaign that comes with its tasks; code tells which task that is. */
export function importField(field: string, code: (task: number) => string): string | undefined {
  const task = /^(?:body\.)?tasks\[(\d+)\]\.?(.*)$/.exec(field)
  return task ? [t('task.one'), code(Number(task[1])), taskField(task[2]!) ?? ''].join(' ').trim() : campaignField(field)
}
