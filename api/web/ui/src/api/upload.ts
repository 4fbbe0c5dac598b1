import { askAgain, languageNow } from './client'
import { ApiProblem } from './problem'
import type { components } from './schema'

export type Upload = components['schemas']['Upload'] & { sha256: string; name: string; size: number; kind: string }

const kinds: Record<string, string> = {
  pdf: 'application/pdf', jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', heic: 'image/heic', mp4: 'video/mp4', txt: 'text/plain',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
}

/**
 * Sends an evidence file, telling how much is sent as a share from 0 to 1: fetch cannot
 * tell that. The server looks at the content itself; the type is a courtesy.
 */
export async function upload(task: string, file: File, sent: (share: number) => void, signal: AbortSignal): Promise<Upload> {
  for (;;) {
    const { status, body } = await once(task, file, sent, signal)
    if (status >= 200 && status < 300) return body as Upload
    if (status === 401 && (await askAgain())) continue
    throw new ApiProblem(status, (body ?? {}) as object)
  }
}

function once(task: string, file: File, sent: (share: number) => void, signal: AbortSignal): Promise<{ status: number; body: unknown }> {
  return new Promise((done) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/tasks/${encodeURIComponent(task)}/evidence?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('Content-Type', kinds[file.name.split('.').pop()!.toLowerCase()] ?? (file.type || 'application/octet-stream'))
    request.setRequestHeader('Accept-Language', languageNow())
    request.upload.onprogress = (e) => sent(e.lengthComputable ? e.loaded / e.total : 0)
    request.onerror = request.onabort = () => done({ status: 0, body: null })
    request.onload = () => {
      let body: unknown = null
      try {
        body = JSON.parse(request.responseText)
      } catch {
        body = null // a proxy's page, not ours
      }
      done({ status: request.status, body })
    }
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
