import { pair } from './pair'

export default pair(
  {
    title: '督查总览', districts: '各区域评定', district: '区域', tasks: '任务', open: '未评定', overdue: '逾期', rank: '排名', percent: '按进度完成占比', light: '灯号', red: '滞后', yellow: '关注', green: '正常', none: '无', total: '合计', map: '区域一览', mapText: '选择区域查看任务', bars: '评定构成',
    trend: '各报告期走势', trendText: '各报告期按进度完成的任务占未撤销任务的比例', rankText: '名次依次比较：按进度完成占比（高者在前）、未按进度完成、进度滞后、基本按进度完成、逾期任务数（少者在前）；全部相同的并列。', states: '各状态停留天数', state: '状态', mean: '平均天数', longest: '最长天数', forecast: '完成预测', forecastText: '按目前进度，下一目标预计何时完成；最迟的十项。', measure: '指标', due: '应完成', met: '预计完成', late: '晚 {n} 天', actual: '目前', required: '目标',
    outlook_met: '已完成', outlook_on_time: '可按期', outlook_late: '将逾期', outlook_no_pace: '尚无进度', overdueList: '逾期任务', daysOverdue: '逾期天数', noOverdue: '没有逾期任务。', nothing: '没有数据。',
  },
  {
    title: 'Dashboard', districts: 'Verdicts by district', district: 'District', tasks: 'Tasks', open: 'No verdict', overdue: 'Overdue', rank: 'Rank', percent: 'On schedule', light: 'Light', red: 'late', yellow: 'attention', green: 'well', none: 'none', total: 'Total', map: 'Districts', mapText: 'Choose a district to see its tasks', bars: 'Make-up',
    trend: 'Periods', trendText: 'Share on schedule of the tasks that are not cancelled', rankText: 'Ranked by the share on schedule (higher first), then by fewer behind, lagging, nearly on schedule and overdue; equals share a rank.', states: 'Days in each state', state: 'State', mean: 'Mean days', longest: 'Longest', forecast: 'Forecast', forecastText: 'At today’s pace, when the next target will be met; the ten latest.', measure: 'Measure', due: 'Due', met: 'Expected', late: '{n} days late', actual: 'Now', required: 'Target',
    outlook_met: 'met', outlook_on_time: 'on time', outlook_late: 'late', outlook_no_pace: 'no pace yet', overdueList: 'Overdue tasks', daysOverdue: 'Days late', noOverdue: 'None.', nothing: 'No data.',
  },
)
