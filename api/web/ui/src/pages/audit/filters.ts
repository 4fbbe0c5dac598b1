/** What audit events are searched by, named as in the API. */
export const eventFilters = ['campaign', 'period', 'region', 'name', 'outcome', 'person', 'task', 'from', 'until', 'q'] as const
export type EventFilter = (typeof eventFilters)[number]
