import { pair } from './pair'

export default pair(
  {
    queue: '待审核', title: '审核', tick: '选择 {code}', tickAll: '全选本页', approveTicked: '批量通过（{n}）', ticked: '已选 {n} 项',
    bulkTitle: '批量通过', bulkText: '按系统评定通过下列 {n} 份报告，逐项办理；未能通过的不影响其他。', bulkDone: '已通过 {done} 项，未通过 {refused} 项。', ok: '已通过', refused: '未办理', noneTicked: '请先选择要通过的报告。', verdictWord: '系统评定',
    previous: '上一项', next: '下一项', place: '第 {n} 项，本页共 {of} 项', nothingToDo: '此任务目前没有需要您办理的审核。', own: '本人上报的报告由他人审核。',
    approve: '通过', return: '退回', flag: '挂牌', confirm_rectified: '确认整改（销号）', reject_rectification: '整改不通过', finalVerdict: '最终评定', asComputed: '与系统评定一致：{verdict}', reason: '理由', reasonMust: '与系统评定不同，必须说明理由。',
    rectifyBy: '整改期限', phrases: '常用语', send: '办理：{what}', sendHint: 'Ctrl+Enter 办理', done: '已办理：{what}', nowReport: '本次报告', narrativeChanges: '进展情况（对照上次）', history: '以往审核',
    keys: '快捷键', keysText: 'J 下一项，K 上一项；A 通过或确认，R 退回或不通过，F 挂牌；Ctrl+Enter 办理；? 打开本说明。输入文字时单键不起作用。',
    phrase_approve: ['情况属实，同意。', '材料齐全，数据与佐证一致，同意。'], phrase_return: ['佐证材料不全，请补充后重报。', '填报数据与进展情况不一致，请核对。', '进展情况过于笼统，请写明完成数量和存在问题。'],
    phrase_flag: ['未达到本期进度要求，请制定整改措施并按期完成。', '进度明显滞后，请倒排工期、落实责任人。'], phrase_confirm_rectified: ['整改到位，同意销号。'], phrase_reject_rectification: ['整改尚未到位，请继续整改。', '佐证材料不足以证明已完成整改。'],
    part_all: '全部待办', part_waiting: '待审核', part_rectifications: '整改待确认', part_flagged: '挂牌中', part_missed: '逾期未报', parts: '分类',
    nothing_all: '目前没有等待您审核的报告。', nothing_waiting: '目前没有等待您审核的报告。', nothing_rectifications: '目前没有等待确认的整改报告。', nothing_flagged: '目前没有挂牌中的任务。', nothing_missed: '目前没有逾期未报的任务。',
    missedHint: '这些任务已过报送期限，区县尚未上报，可以挂牌。', files: '证据', choose: '选择', oneByOne: '须逐份审核', rectifies: '整改报告', wantsWord: '含定性指标', result: '结果', became: '说明',
    chooseVerdict: '请选择评定', rectifyByHint: '默认十个工作日（不计周末；法定节假日调休请自行核对）。',
    qualitative: '定性指标的评定', keep: '照填报',
  },
  {
    queue: 'To review', title: 'Review', tick: 'Tick {code}', tickAll: 'Tick this page', approveTicked: 'Approve ticked ({n})', ticked: '{n} ticked',
    bulkTitle: 'Approve several', bulkText: 'These {n} reports are approved with the computed verdict, one by one; one that fails does not stop the others.', bulkDone: '{done} approved, {refused} not.', ok: 'approved', refused: 'not done', noneTicked: 'Tick reports first.', verdictWord: 'Computed verdict',
    previous: 'Previous', next: 'Next', place: 'no. {n} of {of} on this page', nothingToDo: 'Nothing of this task waits for your review.', own: 'Others review what you reported yourself.',
    approve: 'Approve', return: 'Return', flag: 'Flag as lagging', confirm_rectified: 'Confirm rectification', reject_rectification: 'Reject rectification', finalVerdict: 'Final verdict', asComputed: 'as computed: {verdict}', reason: 'Reason', reasonMust: 'It differs from the computed verdict: say why.',
    rectifyBy: 'Rectify by', phrases: 'Stock phrases', send: '{what}', sendHint: 'Ctrl+Enter sends', done: 'Done: {what}', nowReport: 'This report', narrativeChanges: 'Narrative (against the last)', history: 'Earlier reviews',
    keys: 'Keys', keysText: 'J next, K previous; A approve or confirm, R return or reject, F flag; Ctrl+Enter sends; ? shows this. Single keys do nothing while you type.',
    phrase_approve: ['Verified; approved.', 'Complete, and figures agree with the evidence; approved.'], phrase_return: ['Evidence is incomplete; add it and report again.', 'Figures and narrative do not agree; check them.', 'Too general: say how much is done and what is difficult.'],
    phrase_flag: ['This period’s target was not met; rectify by the date.', 'Clearly behind; plan backwards and name who is responsible.'], phrase_confirm_rectified: ['Rectified; the flag is cleared.'], phrase_reject_rectification: ['Not rectified yet; go on.', 'The evidence does not show that it is rectified.'],
    part_all: 'All that wait', part_waiting: 'To review', part_rectifications: 'Rectifications', part_flagged: 'Flagged', part_missed: 'Not reported', parts: 'Parts',
    nothing_all: 'No report waits for your review.', nothing_waiting: 'No report waits for your review.', nothing_rectifications: 'No rectification waits to be confirmed.', nothing_flagged: 'No task is flagged.', nothing_missed: 'No task is overdue without a report.',
    missedHint: 'The day to report by has passed without a report: these tasks may be flagged.', files: 'Evidence', choose: 'Tick', oneByOne: 'To be reviewed by itself', rectifies: 'rectification', wantsWord: 'needs your word', result: 'Result', became: 'Details',
    chooseVerdict: 'Choose a verdict', rectifyByHint: 'Ten working days by default (weekends left out; check public holidays).',
    qualitative: 'Verdict of measures without figures', keep: 'as reported',
  },
)
