import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/queue', name: 'queue', component: () => import('./QueuePage.vue'), meta: { title: 'review.queue', needs: ['event.approve'], nav: { order: 20, badge: 'review' } } },
  { path: '/review/:id', name: 'review', component: () => import('./ReviewPage.vue'), meta: { title: 'review.title', needs: ['event.approve'] } },
]
