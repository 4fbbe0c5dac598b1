import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/audit', name: 'audit', component: () => import('./EventsPage.vue'), meta: { title: 'audit.events', needs: ['event.read'], nav: { order: 50 } } },
  { path: '/audit-verification', name: 'verification', component: () => import('./VerificationPage.vue'), meta: { title: 'audit.verification', needs: ['audit.verify'], nav: { order: 52 } } },
  { path: '/overdue', name: 'overdue', component: () => import('./OverduePage.vue'), meta: { title: 'audit.overdue', needs: ['task.read'], nav: { order: 54 } } },
  { path: '/tasks/:id/timeline', name: 'timeline', component: () => import('./TimelinePage.vue'), meta: { title: 'audit.timeline', needs: ['event.read'] } },
]
