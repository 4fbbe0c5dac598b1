import { pair } from './pair'

export default pair(
  {
    title: '填报进展', rectifyTitle: '填报整改', evidenceDate: '依据日期', evidenceDateHint: '截至哪天的情况；不填为今天。',
    atCutoff: '截至 {day} 的数值（{unit}）', latest: '最新数值（{unit}）', latestOn: '最新数值的日期', value: '监测值（{unit}）', stageDone: '{name}：完成日期', stageShare: '{name}：已完成（%）', stageDue: '应于 {day} 前完成', word: '评定', noWord: '未填（按进度完成）',
    narrative: '进展情况', narrativeHint: '写明做了什么、到什么程度、存在的困难。将原样印入进度滞后情况表。', addFiles: '添加证据文件', kinds: '图片、PDF、Word、Excel、PPT、文本、MP4；可多选。', remove: '移除', removeFile: '移除 {name}', sending: '正在上传 {name}', uploadLost: '没有连上服务器，请重试。',
    send: '上报', notNow: '此任务目前不需要上报；在此填写的内容只存为草稿。', sent: '已上报，等待市级审核。', preview: '按当前填写的评定', previewWait: '填写后在此显示评定和依据。', incomplete: '还缺', saved: '草稿已保存 {at}', saving: '草稿正在保存……', unsavedNow: '草稿尚未保存，连上服务器后自动保存。', unsavedRefused: '草稿没有保存，见下面的说明。',
    otherDraft: '另一窗口在 {at} 保存了草稿。', keepMine: '用本窗口的内容', takeOther: '用另一窗口的内容', oldDraft: '这是 {period} 的草稿，本期为 {now}，请核对。',
    warnTitle: '叙述与数据有不一致', warnText: '请核对下列各处。仍可上报，审核人会看到这些提示。', warnSend: '核对无误，仍然上报', warnBack: '返回修改',
    flagAsks: '挂牌要求', carried: '已带入上次的数据，请逐项核对。', leave: '还有内容没有保存，确定离开吗？',
    workbook: '填报工作簿', wbPeriod: '报告期', wbGet: '下载工作簿', wbGetText: '工作簿列出本区县本期的全部任务，填好后在此上传。', wbFile: '填好的工作簿（.xlsx）', wbCheck: '先检查', wbSend: '上报工作簿中的报告', wbErrors: '下载标出错误的工作簿', wbResult: '检查结果', wbSent: '上报结果', wbRow: '行', wbNote: '说明',
    wb_accepted: '已上报', wb_unchanged: '没有变化', wb_skipped: '未填', wb_error: '有错误', wb_conflict: '已被他人改动', wb_held: '未上报', wb_untried: '未办理', wb_ready: '可以上报', wbTask: '任务', due: '到期',
  },
  {
    title: 'Report progress', rectifyTitle: 'Report rectification', evidenceDate: 'Evidence date', evidenceDateHint: 'What is known by this day; today when empty.',
    atCutoff: 'Figure at {day} ({unit})', latest: 'Latest figure ({unit})', latestOn: 'Day of the latest figure', value: 'Measured value ({unit})', stageDone: '{name}: done on', stageShare: '{name}: share done (%)', stageDue: 'due by {day}', word: 'Verdict', noWord: 'none (on schedule)',
    narrative: 'Narrative', narrativeHint: 'What was done, how far, what is difficult. It is printed in the lag table as it stands.', addFiles: 'Add evidence', kinds: 'Pictures, PDF, Word, Excel, PowerPoint, text, MP4; several at once.', remove: 'Remove', removeFile: 'Remove {name}', sending: 'Sending {name}', uploadLost: 'The server could not be reached; try again.',
    send: 'Report', notNow: 'This task is not to be reported on now; what you fill in here is only kept as a draft.', sent: 'Reported; the municipal review is next.', preview: 'Verdict of what is filled in', previewWait: 'The verdict and its reasons appear here.', incomplete: 'Still missing', saved: 'Draft saved {at}', saving: 'Saving the draft …', unsavedNow: 'The draft is not saved yet; it will be when the server can be reached.', unsavedRefused: 'The draft was not saved; see below.',
    otherDraft: 'Another window saved a draft at {at}.', keepMine: 'Use what is here', takeOther: 'Use the other one', oldDraft: 'This draft is of {period}; the period is {now} now. Please check it.',
    warnTitle: 'Narrative and figures do not agree', warnText: 'Please check these. You may still report; the reviewer sees the hints.', warnSend: 'It is right: report', warnBack: 'Go back',
    flagAsks: 'The flag asks', carried: 'Figures of the last report are filled in; please check each.', leave: 'Something is not saved. Leave anyway?',
    workbook: 'Workbook', wbPeriod: 'Period', wbGet: 'Get the workbook', wbGetText: 'It lists all tasks of your district in the period; fill it in and send it here.', wbFile: 'Filled-in workbook (.xlsx)', wbCheck: 'Check first', wbSend: 'Send the reports in it', wbErrors: 'Get it with errors marked', wbResult: 'What the check found', wbSent: 'What was sent', wbRow: 'Row', wbNote: 'Note',
    wb_accepted: 'reported', wb_unchanged: 'unchanged', wb_skipped: 'empty', wb_error: 'error', wb_conflict: 'changed by others', wb_held: 'not sent', wb_untried: 'not tried', wb_ready: 'ready to send', wbTask: 'Task', due: 'Due',
  },
)
