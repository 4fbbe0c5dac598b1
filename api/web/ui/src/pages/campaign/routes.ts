import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/campaigns', name: 'campaigns', component: () => import('./CampaignsPage.vue'), meta: { title: 'campaign.title', needs: ['campaign.write'], nav: { order: 34 } } },
  { path: '/campaigns/new', name: 'campaign-new', component: () => import('./SetupPage.vue'), meta: { title: 'campaign.newTitle', needs: ['campaign.write'] } },
  { path: '/campaigns/:code/setup', name: 'campaign-setup', component: () => import('./SetupPage.vue'), meta: { title: 'campaign.extend', needs: ['campaign.write'] } },
  { path: '/campaigns/import', name: 'campaign-import', component: () => import('./ImportPage.vue'), meta: { title: 'campaign.importTitle', needs: ['campaign.write'] } },
  { path: '/campaigns/:code/assign', name: 'assign', component: () => import('./AssignPage.vue'), meta: { title: 'campaign.assign', needs: ['event.assign'] } },
]
