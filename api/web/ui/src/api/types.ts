import type { components } from './schema'

type Schemas = components['schemas']

export type Task = Schemas['Task']
export type TaskView = Schemas['TaskView']
export type Report = Schemas['Report']
export type Review = Schemas['Review']
export type Flag = Schemas['Flag']
export type Measure = Schemas['MeasureBody']
export type Assessment = Schemas['Assessment']
export type Campaign = Schemas['Campaign']
export type Period = Schemas['Period']
export type Region = Schemas['Region']
export type Definition = Schemas['DefinitionBody']
export type Text = Schemas['Text']
export type Me = Schemas['Me']
export type Verdict = 'on_schedule' | 'nearly' | 'behind' | 'lagging'
