import { pair } from './pair'

export default pair(
  {
    title: '审计查询', timeline: '任务经过', person: '姓名或账号', kind: '事项', outcome: '结果', accepted: '已办理', refused: '已拒绝', from: '自', until: '至', task: '任务编号', when: '时间', who: '办理人', what: '事项', about: '对象', detail: '内容', open: '变更前后', before: '变更前', after: '变更后', field: '项目', refusal: '拒绝原因', state: '状态', verify: '审计记录核验', checkpoint: '最新检查点', size: '事件数', root: '根摘要', time: '时间',
    lastRun: '最近核验', never: '尚未核验。', clean: '核验通过：{n} 条事件全部一致。', dirty: '发现 {n} 处不一致', running: '正在核验……', asked: '等待核验', failed: '核验未完成：{why}', nightly: '夜间自动', by: '由 {name} 发起', run: '立即核验', getCheckpoint: '下载检查点', getProof: '下载此任务的证明', exports: '导出', lookedBack: '已查到 {at} 为止；如需更早，请缩小条件。', overdue: '逾期',
    nothing: '没有符合条件的事件。', channel: '来源', reason: '理由', address: '地址', all: '全部',
  },
  {
    title: 'Audit', timeline: 'What happened', person: 'Name or account', kind: 'What', outcome: 'Outcome', accepted: 'done', refused: 'refused', from: 'From', until: 'Until', task: 'Task code', when: 'When', who: 'Who', what: 'What', about: 'About', detail: 'Content', open: 'Before and after', before: 'Before', after: 'After', field: 'Item', refusal: 'Refused because', state: 'State', verify: 'Verification', checkpoint: 'Newest checkpoint', size: 'Events', root: 'Root', time: 'Time',
    lastRun: 'Last verified', never: 'Not verified yet.', clean: 'Verified: all {n} events agree.', dirty: '{n} findings', running: 'Verifying …', asked: 'Waiting to be verified', failed: 'Not finished: {why}', nightly: 'by night', by: 'asked for by {name}', run: 'Verify now', getCheckpoint: 'Get the checkpoint', getProof: 'Get the proof of this task', exports: 'Export', lookedBack: 'Looked back to {at}; narrow the conditions to look further.', overdue: 'Overdue',
    nothing: 'No such events.', channel: 'Channel', reason: 'Reason', address: 'Address', all: 'All',
  },
)
