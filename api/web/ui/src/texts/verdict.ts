import { pair } from './pair'

export default pair(
  { on_schedule: '按进度完成', nearly: '基本按进度完成', behind: '未按进度完成', lagging: '进度滞后', none: '尚无评定' },
  { on_schedule: 'On schedule', nearly: 'Nearly', behind: 'Behind', lagging: 'Lagging', none: 'Not assessed' },
)
