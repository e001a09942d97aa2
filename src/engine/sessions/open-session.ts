/** Opens a session where it was asked for: in a worker thread unless told otherwise. */
import { openHere } from './open-here.ts'
import type { Session, SessionContents, SessionOptions } from './session.ts'
import { openWorkerSession } from './worker-session.ts'

export interface OpenOptions extends SessionOptions {
  /** true: runs do not block the caller's event loop */
  readonly worker?: boolean
}

export function openSession(contents: SessionContents, options: OpenOptions = {}): Promise<Session> {
  const { worker = true, backEnd, threads, device } = options
  const own: SessionOptions = {
    ...(backEnd && { backEnd }),
    ...(threads && { threads }),
    ...(device && { device }),
  }
  return worker ? openWorkerSession(contents, own) : openHere(contents, own)
}
