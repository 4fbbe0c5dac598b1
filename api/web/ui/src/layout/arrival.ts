// Readers of the screen, and keys, begin at the heading of a page that was gone to. It may
// come later than the page itself, when what it names has been read.
let awaited = false

/** A page is gone to: its heading gets the focus, now or when it is there. */
export function arrive(): void {
  awaited = true
  requestAnimationFrame(() => begin(document.querySelector<HTMLElement>('main h1')))
}

/** A heading is there. */
export function begin(heading: HTMLElement | null | undefined): void {
  if (!awaited || !heading) return
  awaited = false
  heading.focus()
}

/** A heading goes; where it had the focus, the one that follows gets it. */
export function leaving(heading: HTMLElement | null | undefined): void {
  if (heading && document.activeElement === heading) awaited = true
}
