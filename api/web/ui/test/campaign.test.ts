import { expect, test } from 'vitest'
import type { Campaign } from '@/api/types'
import { speak } from '@/i18n'
import { campaignField, importField, taskField } from '@/pages/campaign/fields'
import { unused } from '@/pages/campaign/measure'
import { empty, extended, said, usualPeriods } from '@/pages/campaign/setup'

const stored = {
  code: 'jm-2023', title: '攻坚战', starts: '2023-01-01', assessment: { version: 3, nearly_ratio: '0.7', pace_ratio: '0.65' }, regions: ['440703'],
  periods: [{ code: '2023-h1', label: '1-6月', cutoff: '2023-06-30', report_by: '2023-08-31' }], open_period: '2023-h1', version: 5, created_at: '2023-01-01T00:00:00Z',
} as Campaign

test('a campaign that is extended is sent with what it has, and other ratios are a new version of the parameters', () => {
  const draft = extended(stored)
  draft.regions.push('440701')
  draft.assessment!.nearly_ratio = '0.70'
  expect(said(draft, stored)).toMatchObject({ regions: ['440701', '440703'], assessment: { version: 3 }, periods: stored.periods })
  draft.assessment!.nearly_ratio = '0.75'
  expect(said(draft, stored).assessment).toEqual({ version: 4, nearly_ratio: '0.75', pace_ratio: '0.65' })
  expect(stored.regions).toEqual(['440703'])
})

test('a refusal names the fields as the form does', () => {
  speak('zh-CN')
  expect(['campaign.periods[1].report_by', 'body.periods[0].code', 'regions[2]', 'assessment.pace_ratio', 'odd'].map(campaignField)).toEqual(['第 2 个报告期 上报期限', '第 1 个报告期 报告期代码', '区县', '进度滞后界线', undefined])
  expect(['body.measures[1].targets[0].due', 'measures[0].of.count', 'measures[0].stages[1].name', 'region'].map(taskField)).toEqual(['指标 2 目标 1 到期', '指标 1 总数', '指标 1 阶段 2 阶段名称', '区域'])
  expect(importField('tasks[3].measures[0].unit', () => '440703-04')).toBe('任务 440703-04 指标 1 单位')
  expect(importField('campaign.periods[0].label', () => '')).toBe('第 1 个报告期 报告期名称')
})

test('the usual periods end one after the other, and say not when to report', () => {
  expect(usualPeriods('2024').map((p) => [p.code, p.cutoff, p.report_by])).toEqual([['2024-h1', '2024-06-30', ''], ['2024-q3', '2024-09-30', ''], ['2024-fy', '2024-12-31', '']])
  expect(said(empty()).periods).toHaveLength(1)
})

test('a code that is made up is nobody else\u2019s', () => {
  expect(unused('m', ['m1', 'm3', 'dredging'])).toBe('m4')
  expect(unused('s', [])).toBe('s1')
  expect(unused('s', ['s2'])).toBe('s3')
})
