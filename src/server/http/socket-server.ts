/** The listening socket: HTTP or HTTPS with time limits that a slow or idle client cannot get around. */
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerOptions, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { GuerdonError, messageOf } from '../../records/error.ts'

export interface SocketOptions {
  readonly host: string
  /** 0 takes a free port */
  readonly port: number
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  /** seconds a client may take to send its headers, and to send its whole request */
  readonly headersTimeout: number
  readonly uploadTimeout: number
}

/** Trainers open a connection for each rollout of a step, all at once. */
const BACKLOG = 4096

/** A server that is not listening yet. @throws GuerdonError FILE_MISSING or ARGUMENT_INVALID for the TLS files */
export function createSocketServer(options: SocketOptions, listener: RequestListener): Server | TlsServer {
  const settings: ServerOptions = {
    // Longer than the idle time of usual balancers, so that it is they who close.
    keepAliveTimeout: 75_000,
    headersTimeout: options.headersTimeout * 1000,
    requestTimeout: options.uploadTimeout * 1000,
    connectionsCheckingInterval: Math.min(5000, options.headersTimeout * 500),
    maxHeaderSize: 16_384,
    noDelay: true,
  }
  const { tlsCert, tlsKey } = options
  const server =
    tlsCert === undefined || tlsKey === undefined
      ? createServer(settings, listener)
      : createTls({ ...settings, cert: readTls(tlsCert), key: readTls(tlsKey) }, listener)
  // The body is asked for only after the request was found to be welcome.
  server.on('checkContinue', listener)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const status =
      { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code as 'HPE_HEADER_OVERFLOW'] ?? 400
    const sentence = { 408: 'the request was sent too slowly', 431: 'the headers are too large' }[status]
    const body = JSON.stringify({
      error: {
        code: status === 408 ? 'REQUEST_TIMEOUT' : 'ARGUMENT_INVALID',
        message: sentence ?? 'this is no HTTP request',
      },
    })
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  })
  return server
}

/** Listens and returns the address as a URL. @throws GuerdonError ARGUMENT_INVALID when the address cannot be had */
export function listen(server: Server | TlsServer, options: SocketOptions): Promise<string> {
  const { host, port } = options
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(
        new GuerdonError('ARGUMENT_INVALID', `cannot listen on ${host} port ${port}: ${messageOf(cause)}`, {
          cause,
        }),
      )
    server.once('error', fail)
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', fail)
      const address = server.address() as AddressInfo
      const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
      resolve(`${options.tlsCert === undefined ? 'http' : 'https'}://${name}:${address.port}`)
    })
  })
}

function readTls(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new GuerdonError('FILE_MISSING', 'the TLS file cannot be read', { where: { file: path }, cause })
  }
}

function createTls(
  settings: ServerOptions & { cert: Buffer; key: Buffer },
  listener: RequestListener,
): TlsServer {
  try {
    return createTlsServer({ ...settings, minVersion: 'TLSv1.2' }, listener)
  } catch (cause) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `the TLS certificate and key do not work: ${messageOf(cause)}`,
      {
        where: { field: '--tls-cert' },
        cause,
      },
    )
  }
}
