import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { t } from '@/i18n'
import { arrive } from '@/layout/arrival'
import { learn, may, session, signedIn } from '@/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the title in texts/. */
    title: string
    /** Whether nobody need be signed in. */
    open?: boolean
    /** Any of these permissions lets one in (session.ts: may). */
    needs?: string[]
    /** Place in the navigation; without it the page is reached from others. */
    nav?: { order: number; badge?: string }
  }
}

// Each folder of pages/ lists its own routes.
const parts = import.meta.glob<{ routes: RouteRecordRaw[] }>('./pages/*/routes.ts', { eager: true })

export const routes: RouteRecordRaw[] = Object.values(parts).flatMap((part) => part.routes)

export function allowed(route: { meta?: { needs?: string[] } }): boolean {
  return !route.meta?.needs || route.meta.needs.some(may)
}

export const router = createRouter({
  history: createWebHistory('/app/'),
  routes: [
    ...routes,
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./pages/home/MissingPage.vue'), meta: { title: 'common.missing', open: true } },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

router.beforeEach(async (to) => {
  if (!session.asked) await learn().catch(() => null)
  if (to.meta.open) return true
  if (!signedIn.value) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (!allowed(to)) return { name: 'missing', params: { rest: to.path.slice(1).split('/') } }
  return true
})

router.afterEach((to, from) => {
  document.title = `${t(to.meta.title)} · ${t('common.product')}`
  if (to.path !== from.path && from.matched.length) arrive()
})
