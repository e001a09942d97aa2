/**
 * The studio's door when keys are set: a form that takes a key once and leaves a cookie, or `?key=` in the address,
 * which is taken out of it at once so that it stays in no history.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { GuerdonError } from '../../records/error.ts'
import type { DirectRoute } from './app.ts'
import type { Keys } from './keys.ts'
import { PAGE_HEADERS } from './origin-guard.ts'
import type { BodyReader } from './read-body.ts'
import { send } from './send.ts'

const page = (sentence: string): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Guerdon</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}
input,button{font:inherit;padding:.4rem .6rem;width:100%;box-sizing:border-box;margin-top:.5rem}</style>
<h1>Guerdon</h1><form method="post" action="/studio/login"><label>API key
<input name="key" type="password" autocomplete="current-password" required autofocus></label>
<button>Enter</button><p role="status">${sentence}</p></form></html>
`
const headers = { ...PAGE_HEADERS, 'Cache-Control': 'no-store' }

/** Answers a browser without a key: takes the one in the address, or shows the form. False for anything else. */
export function answerLogin(
  keys: Keys,
  secure: boolean,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: string,
): boolean {
  if (request.method !== 'GET' || path.startsWith('/studio/api')) return false
  if (!(request.headers.accept ?? '').includes('text/html')) return false
  const query = new URLSearchParams(search)
  const key = query.get('key')
  if (key !== null && keys.knows(key)) {
    query.delete('key')
    // Two slashes would name another host.
    const target = `/${path.replace(/^[/\\]+/, '')}${query.size === 0 ? '' : `?${query}`}`
    redirect(response, target, keys.sessionCookie(key, secure))
  } else
    send(
      response,
      401,
      'text/html; charset=utf-8',
      page(key === null ? '' : 'This key is not known here.'),
      headers,
    )
  return true
}

/** `POST /studio/login`, the form's address. */
export function loginRoute(keys: Keys, secure: boolean, bodies: BodyReader): DirectRoute {
  return {
    method: 'post',
    path: '/studio/login',
    open: true,
    async answer(request, response) {
      const { origin, host } = request.headers
      if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) {
        throw new GuerdonError('ORIGIN_REFUSED', 'the form of another site may not log in here')
      }
      const key = new URLSearchParams((await bodies.read(request, response)).toString()).get('key') ?? ''
      if (keys.knows(key)) redirect(response, '/', keys.sessionCookie(key, secure))
      else send(response, 403, 'text/html; charset=utf-8', page('This key is not known here.'), headers)
    },
  }
}

function redirect(response: ServerResponse, target: string, cookie: string): void {
  send(response, 303, 'text/plain; charset=utf-8', 'see the other page', {
    Location: target,
    'Set-Cookie': cookie,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  })
}
