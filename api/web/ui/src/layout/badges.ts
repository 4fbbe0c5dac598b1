import { reactive } from 'vue'

/** The figure beside an entry of the navigation, by the name in the route's meta.nav.badge; empty: none. */
export const badges = reactive<Record<string, string>>({})
