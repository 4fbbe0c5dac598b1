import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/audit', name: 'audit', component: () => import('./AuditPage.vue'), meta: { title: 'audit.title', needs: ['event.read'], nav: { order: 50 } } },
  { path: '/verification', name: 'verification', component: () => import('./VerificationPage.vue'), meta: { title: 'audit.verify', needs: ['audit.verify'], nav: { order: 52 } } },
  { path: '/tasks/:id/timeline', name: 'timeline', component: () => import('./TimelinePage.vue'), meta: { title: 'audit.timeline', needs: ['event.read'] } },
]
