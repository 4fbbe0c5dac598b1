import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/mine', name: 'mine', component: () => import('./MyTasksPage.vue'), meta: { title: 'task.mine', needs: ['event.report'], nav: { order: 10, badge: 'mine' } } },
  { path: '/workbook', name: 'workbook', component: () => import('./WorkbookPage.vue'), meta: { title: 'report.workbook', needs: ['event.report'], nav: { order: 12 } } },
  { path: '/tasks/:id/report', name: 'report', component: () => import('./ReportPage.vue'), meta: { title: 'report.title', needs: ['event.report'] } },
]
