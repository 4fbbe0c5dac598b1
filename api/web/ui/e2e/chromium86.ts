// What the Chromium of UOS and Kylin (86) lacks of what today's has: found by comparing
// the names of a real 86.0.4240 with those of Chromium 156; of what scripts could want,
// all of them. Every page of every test runs without (world.ts), and `make test-chromium86`
// runs the same tests in a real one. (checkVisibility stays, which the driver needs.)
export const lackedByChromium86: Record<string, string> = {
  window: 'structuredClone reportError scheduler navigation cookieStore crossOriginIsolated Iterator Temporal URLPattern CloseWatcher ToggleEvent CommandEvent NavigateEvent Navigation TaskController Highlight HighlightRegistry ViewTransition ViewTimeline ScrollTimeline FontFaceSet CompressionStream Float16Array DisposableStack AsyncDisposableStack SuppressedError Observable Sanitizer EyeDropper showOpenFilePicker showSaveFilePicker showDirectoryPicker FileSystemHandle CaretPosition AbstractRange',
  Object: 'hasOwn groupBy',
  Array: 'fromAsync',
  'Array.prototype': 'at findLast findLastIndex toReversed toSorted toSpliced with',
  'String.prototype': 'at isWellFormed toWellFormed',
  Symbol: 'dispose asyncDispose',
  'Date.prototype': 'toTemporalInstant',
  Promise: 'withResolvers try',
  RegExp: 'escape',
  'RegExp.prototype': 'hasIndices unicodeSets',
  Error: 'isError',
  Math: 'f16round sumPrecise',
  JSON: 'rawJSON isRawJSON',
  Intl: 'supportedValuesOf Segmenter DurationFormat',
  'ArrayBuffer.prototype': 'maxByteLength resizable resize transfer transferToFixedLength detached',
  Uint8Array: 'fromBase64 fromHex',
  'Uint8Array.prototype': 'toBase64 setFromBase64 toHex setFromHex',
  Map: 'groupBy',
  'Map.prototype': 'getOrInsert getOrInsertComputed',
  'WeakMap.prototype': 'getOrInsert getOrInsertComputed',
  'Set.prototype': 'difference intersection isSubsetOf isSupersetOf isDisjointFrom symmetricDifference union',
  URL: 'canParse parse',
  'URLSearchParams.prototype': 'size',
  Response: 'json',
  'Response.prototype': 'bytes textStream',
  'Request.prototype': 'duplex body bytes',
  'Headers.prototype': 'getSetCookie',
  'Blob.prototype': 'bytes textStream',
  AbortSignal: 'abort any timeout',
  'AbortSignal.prototype': 'reason throwIfAborted',
  'Crypto.prototype': 'randomUUID',
  'EventTarget.prototype': 'when',
  'Selection.prototype': 'direction getComposedRanges',
  'Navigator.prototype': 'userAgentData virtualKeyboard pdfViewerEnabled scheduling',
  Document: 'parseHTML parseHTMLUnsafe',
  'Document.prototype': 'startViewTransition caretPositionFromPoint moveBefore hasStorageAccess requestStorageAccess ariaNotify',
  'Element.prototype': 'role ariaInvalid ariaControlsElements ariaDescribedByElements ariaErrorMessageElements ariaLabelledByElements ariaNotify getHTML setHTML setHTMLUnsafe moveBefore startViewTransition currentCSSZoom',
  'HTMLElement.prototype': 'inert popover showPopover hidePopover togglePopover attributeStyleMap editContext onscrollend onbeforetoggle oncommand',
  'HTMLButtonElement.prototype': 'popoverTargetElement popoverTargetAction commandForElement command',
  'HTMLInputElement.prototype': 'popoverTargetElement popoverTargetAction showPicker',
  'HTMLSelectElement.prototype': 'showPicker',
  'HTMLDialogElement.prototype': 'closedBy requestClose',
  'CSSStyleRule.prototype': 'cssRules insertRule deleteRule',
}

/** Takes all of it from a page, before any script of it runs. */
export function withoutWhatChromium86Lacks(names: Record<string, string>): void {
  const helpers = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as Record<string, unknown>
  for (const name of Object.getOwnPropertyNames(helpers)) if (name !== 'constructor') delete helpers[name]
  for (const [place, list] of Object.entries(names)) {
    let on: unknown = window
    for (const part of place === 'window' ? [] : place.split('.')) on = (on as Record<string, unknown> | undefined)?.[part]
    if (on) for (const name of list.split(' ')) delete (on as Record<string, unknown>)[name]
  }
}
